#include "net/xml_walk.hpp"

#include <cstddef>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <expat.h>

namespace failover {

namespace {

constexpr std::size_t max_text = std::size_t{64} * 1024;
constexpr std::size_t max_depth = 16;

class Walk {
 public:
  explicit Walk(const OnXmlEnd& on_end) : on_end_(on_end), parser_(XML_ParserCreate(nullptr), &XML_ParserFree) {}

  bool run(std::string_view xml) {
    if (!parser_ || xml.size() > std::size_t{1} << 30U) return false;
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), &Walk::begin, &Walk::end);
    XML_SetCharacterDataHandler(parser_.get(), &Walk::text);
    XML_SetStartDoctypeDeclHandler(parser_.get(), &Walk::doctype);
    return XML_Parse(parser_.get(), xml.data(), static_cast<int>(xml.size()), 1) == XML_STATUS_OK && good_;
  }

 private:
  void stop() noexcept {
    good_ = false;
    XML_StopParser(parser_.get(), XML_FALSE);
  }
  template <typename Work>
  static void guarded(void* self, Work work) noexcept {
    auto& walk = *static_cast<Walk*>(self);
    try {
      if (!walk.good_ || !work(walk)) walk.stop();
    } catch (const std::exception&) {
      walk.stop();
    }
  }
  static void begin(void* self, const XML_Char* name, const XML_Char**) noexcept {
    guarded(self, [name](Walk& walk) {
      const std::string_view full(name);
      const auto colon = full.rfind(':');
      walk.lengths_.push_back(walk.path_.size());
      if (!walk.path_.empty()) walk.path_ += '/';
      walk.path_ += colon == std::string_view::npos ? full : full.substr(colon + 1);
      walk.text_.clear();
      return walk.lengths_.size() <= max_depth && walk.path_.size() <= max_text;
    });
  }
  static void end(void* self, const XML_Char*) noexcept {
    guarded(self, [](Walk& walk) {
      const bool wanted = walk.on_end_(walk.path_, walk.text_);
      walk.path_.resize(walk.lengths_.back());
      walk.lengths_.pop_back();
      walk.text_.clear();
      return wanted;
    });
  }
  static void text(void* self, const XML_Char* bytes, int size) noexcept {
    guarded(self, [bytes, size](Walk& walk) {
      walk.text_.append(bytes, static_cast<std::size_t>(size));
      return walk.text_.size() <= max_text;
    });
  }
  /// Entities of a document's own are how a kilobyte becomes a gigabyte.
  static void doctype(void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) noexcept {
    static_cast<Walk*>(self)->stop();
  }

  const OnXmlEnd& on_end_;
  std::unique_ptr<std::remove_pointer_t<XML_Parser>, decltype(&XML_ParserFree)> parser_;
  std::string path_;
  std::vector<std::size_t> lengths_;
  std::string text_;
  bool good_ = true;
};

}  // namespace

bool walk_xml(std::string_view xml, const OnXmlEnd& on_end) {
  return Walk(on_end).run(xml);
}

}  // namespace failover
