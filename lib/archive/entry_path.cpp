#include "archive/entry_path.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <failover/error.hpp>

#include "archive/archive_rule.hpp"

namespace failover {

namespace {

constexpr std::size_t longest_component = 255;
constexpr std::size_t longest_path = 4095;

/// How many bytes a sequence that starts like this has, and the smallest code point it may stand for; 0 = no start.
struct Sequence {
  std::size_t length;
  std::uint32_t smallest;
  std::uint32_t bits;
};

Sequence start_of(unsigned char byte) noexcept {
  if (byte < 0x80) return {1, 0, byte};
  if ((byte & 0xE0U) == 0xC0) return {2, 0x80, byte & 0x1FU};
  if ((byte & 0xF0U) == 0xE0) return {3, 0x800, byte & 0x0FU};
  if ((byte & 0xF8U) == 0xF0) return {4, 0x10000, byte & 0x07U};
  return {0, 0, 0};
}

bool is_control(unsigned char byte) noexcept {
  return byte < 0x20 || byte == 0x7f;
}

/// C1 controls, U+0080 to U+009F, as UTF-8: terminals act on them too.
bool has_c1_control(std::string_view name) noexcept {
  for (std::size_t i = 0; i + 1 < name.size(); ++i) {
    if (static_cast<unsigned char>(name[i]) == 0xC2 && static_cast<unsigned char>(name[i + 1]) < 0xA0) return true;
  }
  return false;
}

Result<void> check_bytes(std::string_view name, bool marked_utf8) {
  if (name.empty()) return refuse(ArchiveRule::name_empty, name, "it has no name");
  if (name.size() > longest_path) return refuse(ArchiveRule::name_length, name, "its name is longer than 4095 bytes");
  if (std::ranges::any_of(name, [](char c) { return is_control(static_cast<unsigned char>(c)); })) {
    return refuse(ArchiveRule::name_control, name, "its name holds a control character");
  }
  if (name.contains('\\')) return refuse(ArchiveRule::name_backslash, name, "its name holds a backslash");
  if (!valid_utf8(name)) return refuse(ArchiveRule::name_utf8, name, "its name is not valid UTF-8");
  const bool ascii = std::ranges::all_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (!ascii && !marked_utf8) {
    return refuse(
        ArchiveRule::name_encoding, name,
        "its name is not ASCII and not marked as UTF-8; zip marks it only on a host with the locale en_US.UTF-8");
  }
  if (has_c1_control(name)) return refuse(ArchiveRule::name_control, name, "its name holds a control character");
  const bool drive = name.size() >= 2 && name[1] == ':' && ((name[0] | 0x20) >= 'a' && (name[0] | 0x20) <= 'z');
  if (name.front() == '/' || drive) return refuse(ArchiveRule::name_absolute, name, "its name is an absolute path");
  return {};
}

}  // namespace

bool valid_utf8(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size();) {
    const auto start = start_of(static_cast<unsigned char>(text[i]));
    if (start.length == 0 || text.size() - i < start.length) return false;
    std::uint32_t point = start.bits;
    for (std::size_t k = 1; k < start.length; ++k) {
      const auto byte = static_cast<unsigned char>(text[i + k]);
      if ((byte & 0xC0U) != 0x80) return false;
      point = (point << 6U) | (byte & 0x3FU);
    }
    if (point < start.smallest || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
    i += start.length;
  }
  return true;
}

Result<std::string> entry_path(std::string_view name, bool marked_utf8) {
  FO_TRY(check_bytes(name, marked_utf8));
  std::string path;
  std::string_view rest = name;
  while (!rest.empty()) {
    const auto slash = rest.find('/');
    const auto component = rest.substr(0, slash);
    rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
    if (component.empty()) return refuse(ArchiveRule::name_empty, name, "its name holds an empty component");
    if (component == "..") return refuse(ArchiveRule::name_dotdot, name, "its name leads upwards");
    if (component == ".failover")
      return refuse(ArchiveRule::name_reserved, name, ".failover is where we keep undo copies");
    if (component.size() > longest_component) {
      return refuse(ArchiveRule::name_length, name, "a component of its name is longer than 255 bytes");
    }
    if (component != ".") path.append(path.empty() ? "" : "/").append(component);
  }
  return path;
}

}  // namespace failover
