#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <failover/error.hpp>

struct XML_ParserStruct;

namespace failover {

struct XmlLimits {
  std::uint64_t bytes = std::uint64_t{2} << 30U;  ///< of the whole document
  std::size_t depth = 64;                         ///< elements within each other
  std::size_t token = std::size_t{1} << 20U;      ///< bytes of one tag or comment, which the parser must hold at once
};

/// What a document says, in its order. Names are without their namespace prefix.
struct XmlHandlers {
  /// @param attribute looks one up by its name; empty when it is not there
  using Attribute = std::function<std::string_view(std::string_view)>;
  std::function<void(std::string_view name, const Attribute& attribute)> start;
  std::function<void(std::string_view text)> text;  ///< a piece of the text of the innermost element
  std::function<void()> end;
};

/// A document that is read as it comes, by expat. A document type declaration is refused, and with it every entity but
/// the five of XML itself: none can be multiplied (a "billion laughs") or fetched from elsewhere. Every error is of
/// kind integrity.
class XmlStream {
 public:
  XmlStream(XmlHandlers handlers, XmlLimits limits);
  XmlStream(const XmlStream&) = delete;
  XmlStream& operator=(const XmlStream&) = delete;
  ~XmlStream();

  Result<void> feed(std::span<const std::byte> bytes);
  /// There is no more: an error unless the document is whole.
  Result<void> end();

 private:
  struct Calls;
  struct Free {
    void operator()(XML_ParserStruct* parser) const noexcept;
  };
  Result<void> parse(const char* bytes, std::size_t count, bool last);
  void refuse(std::string why) noexcept;

  XmlHandlers handlers_;
  XmlLimits limits_;
  std::unique_ptr<XML_ParserStruct, Free> parser_;
  std::uint64_t fed_ = 0;
  std::size_t depth_ = 0;
  std::string refusal_;
};

}  // namespace failover
