#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include <failover/source.hpp>

#include "core/clock.hpp"
#include "fuzz/must.hpp"
#include "fuzz/target.hpp"
#include "net/base64.hpp"
#include "source/gs_json.hpp"

using failover::GsPage;
using failover::ObjectInfo;
using failover::test::must;
using nlohmann::json;

namespace {

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string bytes_of_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return bytes;
}

json written(const ObjectInfo& object) {
  json item{{"name", object.path},
            {"generation", object.version},
            {"size", std::to_string(object.size)},
            {"timeCreated", failover::rfc3339(object.modified)}};
  for (const auto& digest : object.digests) {
    item[digest.algorithm == "md5" ? "md5Hash" : "crc32c"] = failover::base64_encode(bytes_of_hex(digest.hex));
  }
  return item;
}

void check_object(const ObjectInfo& object) {
  must(!object.path.empty() && object.path.ends_with(object.name) && !object.name.contains('/'),
       "a name is the last step of its path");
  must(!object.path.contains('\0'), "no name ends before it ends");
  must(!object.version.empty() && object.version.size() <= 20 &&
           object.version.find_first_not_of("0123456789") == std::string::npos,
       "a generation is a number");
  must(object.digests.size() <= 2, "there are two digests at most");
  for (const auto& digest : object.digests) {
    must(is_hex(digest.hex) && digest.hex.size() == (digest.algorithm == "md5" ? 32U : 8U), "a digest has its length");
  }
}

bool same(const ObjectInfo& a, const ObjectInfo& b) {
  return a.name == b.name && a.path == b.path && a.size == b.size && a.modified == b.modified &&
         a.version == b.version && std::ranges::equal(a.digests, b.digests, [](const auto& x, const auto& y) {
           return x.algorithm == y.algorithm && x.hex == y.hex;
         });
}

void check_page(const GsPage& page) {
  json items = json::array();
  for (const auto& object : page.objects) {
    check_object(object);
    items.push_back(written(object));
  }
  const json again{{"kind", "storage#objects"}, {"items", items}, {"nextPageToken", page.next}};
  const auto back = failover::parse_gs_page(again.dump());
  must(back && back->next == page.next && std::ranges::equal(back->objects, page.objects, same),
       "a page that is written again reads the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = failover::test::as_text(data, size);
  if (const auto page = failover::parse_gs_page(text)) check_page(*page);
  if (const auto object = failover::parse_gs_object(text)) check_object(*object);
  const auto said = failover::gs_error_text(text);
  must(said.size() <= 300, "an error is a line");
  must(std::ranges::none_of(said, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }),
       "which moves no terminal");
  const auto crc = failover::gs_field_crc32c(text);
  must(crc.empty() || (crc.size() == 8 && is_hex(crc)), "a checksum has its length");
  return 0;
}
