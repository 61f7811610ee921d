// What is in a backup: no bytes of an entry make the inspector crash, hang or say more than they hold, and how they are
// cut into pieces does not matter. The first byte chooses the entry, the second the length of the pieces.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <failover/restorer.hpp>

#include "inspect/inspector.hpp"

using namespace failover;

namespace {

constexpr std::array<std::string_view, 7> entries{"CompanyDb.xml",           "metadata.json",         "manifest",
                                                  "etc/asterisk/pjsip.conf", "etc/asterisk/sip.conf", "queues.conf",
                                                  "Certificates/a.pem"};

std::optional<BackupContents> inspected(std::string_view path, std::span<const std::byte> bytes, std::size_t piece) {
  Inspector inspector;
  if (!inspector.begin_entry(path, {})) std::abort();
  while (!bytes.empty()) {
    const auto part = bytes.first(std::min(piece, bytes.size()));
    if (!inspector.feed(part)) return std::nullopt;
    bytes = bytes.subspan(part.size());
  }
  if (!inspector.end_entry()) return std::nullopt;
  return inspector.contents();
}

/// Every counted thing takes some bytes.
void demand_room(const std::optional<std::uint64_t>& count, std::size_t size) {
  if (count && *count > size) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto path = entries.at(data[0] % entries.size());
  const auto bytes = std::as_bytes(std::span(data, size)).subspan(2);
  const auto whole = inspected(path, bytes, size);
  const auto cut = inspected(path, bytes, std::size_t{data[1]} + 1);
  if (whole.has_value() != cut.has_value()) std::abort();
  if (!whole) return 0;
  if (whole->kind != cut->kind || whole->version != cut->version || whole->extensions != cut->extensions ||
      whole->trunks != cut->trunks || whole->queues != cut->queues || whole->made != cut->made ||
      whole->certificates.size() != cut->certificates.size()) {
    std::abort();
  }
  demand_room(whole->extensions, size);
  demand_room(whole->trunks, size);
  demand_room(whole->queues, size);
  if (whole->gateways) demand_room(whole->gateways->size(), size);
  // A text that could define an entity tells nothing.
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (path == entries.front() && whole->kind == "3CX" && text.starts_with("<!DOCTYPE")) std::abort();
  return 0;
}
