#include "arbiter/dns_claim.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <failover/dns.hpp>

#include "fuzz/must.hpp"
#include "fuzz/target.hpp"

using failover::test::must;

/// The TXT record of a name: a mark or none, and a record of an arbiter or none. Nothing is understood that would be
/// written in another way, since what was read is demanded byte for byte by the next change.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto mark = failover::parse_epoch_mark(text);
  if (!mark) return 0;
  must(to_txt(*mark) == text, "a mark is written as it was read");
  const auto claim = claim_in(*mark);
  if (!claim) return 0;
  must(claim->record.epoch == mark->epoch && claim->record.claimant == mark->node, "epoch and claimant are the mark's");
  must(!claim->record.claim.empty(), "every claim has its random bits");
  must(claim->record.active_epoch <= claim->record.epoch, "what is active is not newer than the record");
  const auto again = mark_of(*claim);
  must(!again || *again == *mark, "a record is written as it was read");
  must(again.has_value() || text.size() > 255, "what fits is written");
  return 0;
}
