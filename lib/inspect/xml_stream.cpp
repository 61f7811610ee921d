#include "inspect/xml_stream.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <expat.h>

#include <failover/error.hpp>

namespace failover {

namespace {

/// At once to the parser, so that the limit of a token is looked at often enough.
constexpr std::size_t most_at_once = std::size_t{64} * 1024;

std::string_view local_name(std::string_view name) noexcept {
  const auto colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

}  // namespace

/// What expat calls. No exception may pass through it.
struct XmlStream::Calls {
  static XmlStream& self(void* data) noexcept { return *static_cast<XmlStream*>(data); }

  template <typename Work>
  static void guarded(XmlStream& stream, const Work& work) noexcept {
    try {
      work();
    } catch (const std::exception&) {
      stream.refuse("there is no memory for it");
    }
  }

  static void start(void* data, const XML_Char* name, const XML_Char** attributes) noexcept {
    auto& stream = self(data);
    if (++stream.depth_ > stream.limits_.depth) return stream.refuse("elements are nested too deeply");
    const auto look_up = [attributes](std::string_view wanted) -> std::string_view {
      for (std::size_t i = 0; attributes[i] != nullptr; i += 2) {
        if (local_name(attributes[i]) == wanted) return attributes[i + 1];
      }
      return {};
    };
    guarded(stream, [&] { stream.handlers_.start(local_name(name), look_up); });
  }

  static void end(void* data, const XML_Char*) noexcept {
    auto& stream = self(data);
    --stream.depth_;
    guarded(stream, [&] { stream.handlers_.end(); });
  }

  static void text(void* data, const XML_Char* text, int length) noexcept {
    auto& stream = self(data);
    guarded(stream, [&] { stream.handlers_.text({text, static_cast<std::size_t>(length)}); });
  }

  static void doctype(void* data, const XML_Char*, const XML_Char*, const XML_Char*, int) noexcept {
    self(data).refuse("a document type declaration, which may define entities, is refused");
  }
};

void XmlStream::Free::operator()(XML_ParserStruct* parser) const noexcept {
  ::XML_ParserFree(parser);
}

XmlStream::XmlStream(XmlHandlers handlers, XmlLimits limits)
    : handlers_(std::move(handlers)), limits_(limits), parser_(::XML_ParserCreate(nullptr)) {
  if (!parser_) return;
  ::XML_SetUserData(parser_.get(), this);
  ::XML_SetElementHandler(parser_.get(), Calls::start, Calls::end);
  ::XML_SetCharacterDataHandler(parser_.get(), Calls::text);
  ::XML_SetStartDoctypeDeclHandler(parser_.get(), Calls::doctype);
}

XmlStream::~XmlStream() = default;

void XmlStream::refuse(std::string why) noexcept {
  if (refusal_.empty()) refusal_ = std::move(why);
  ::XML_StopParser(parser_.get(), XML_FALSE);
}

Result<void> XmlStream::parse(const char* bytes, std::size_t count, bool last) {
  const auto status = ::XML_Parse(parser_.get(), bytes, static_cast<int>(count), last ? 1 : 0);
  if (!refusal_.empty()) return fail(ErrorKind::integrity, refusal_);
  if (status == XML_STATUS_OK) return {};
  return fail(ErrorKind::integrity, std::string("not well-formed: ") +
                                        ::XML_ErrorString(::XML_GetErrorCode(parser_.get())) + " in line " +
                                        std::to_string(::XML_GetCurrentLineNumber(parser_.get())));
}

Result<void> XmlStream::feed(std::span<const std::byte> bytes) {
  if (!parser_) return fail(ErrorKind::internal, "no memory for an XML parser");
  if (!refusal_.empty()) return fail(ErrorKind::integrity, refusal_);
  while (!bytes.empty()) {
    const auto part = bytes.first(std::min(bytes.size(), most_at_once));
    fed_ += part.size();
    if (fed_ > limits_.bytes) return fail(ErrorKind::integrity, "the document is too large");
    FO_TRY(parse(reinterpret_cast<const char*>(part.data()), part.size(), false));
    const auto parsed = std::max<std::int64_t>(0, ::XML_GetCurrentByteIndex(parser_.get()));
    if (fed_ - std::min<std::uint64_t>(fed_, static_cast<std::uint64_t>(parsed)) > limits_.token) {
      return fail(ErrorKind::integrity, "a tag or comment is too long");
    }
    bytes = bytes.subspan(part.size());
  }
  return {};
}

Result<void> XmlStream::end() {
  if (!parser_) return fail(ErrorKind::internal, "no memory for an XML parser");
  if (!refusal_.empty()) return fail(ErrorKind::integrity, refusal_);
  return parse("", 0, true);
}

}  // namespace failover
