#include "arbiter/etcd_record.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "arbiter/claim_record.hpp"
#include "core/pause.hpp"
#include "net/etcd_client.hpp"
#include "net/etcd_location.hpp"
#include "net/etcd_message.hpp"

namespace failover {

namespace {

constexpr std::size_t most_keys = 16;
constexpr Duration pause_before_reading_back = std::chrono::milliseconds(100);

/// The key is exactly as it was read; absent is a condition, too.
template <typename Value>
EtcdCompare still(const std::string& key, const std::optional<Value>& value) {
  if (!value) return {.key = key, .what = EtcdCompare::What::create_revision, .revision = 0, .value = {}};
  return {.key = key, .what = EtcdCompare::What::value, .revision = 0, .value = to_text(*value)};
}

bool same(const StoredClaim& a, const StoredClaim& b) {
  return a.record == b.record && a.lock == b.lock;
}

/// Whether it happened is not known.
bool leaves_open(const Error& error) {
  return error.kind == ErrorKind::timeout || error.kind == ErrorKind::unreachable || error.kind == ErrorKind::protocol;
}

}  // namespace

EtcdRecord::EtcdRecord(std::unique_ptr<EtcdClient> client, const std::string& service)
    : client_(std::move(client)), folder_(client_->location().key_of(service + "/")) {}

Result<StoredClaim> EtcdRecord::read(const Context& context) {
  const auto found = FO_TRY(client_->range(etcd_prefix(folder_), most_keys, context));
  if (found.more) return fail(ErrorKind::protocol, "there are keys under " + folder_ + " that are not ours");
  return stored_in(found.entries);
}

Result<StoredClaim> EtcdRecord::stored_in(const std::vector<EtcdEntry>& entries) const {
  StoredClaim stored;
  for (const auto& [key, value, created, modified, lease] : entries) {
    if (key == record_key()) stored.record = FO_TRY(while_doing(key, parse_claim_record(value)));
    if (key == lock_key()) stored.lock = FO_TRY(while_doing(key, parse_claim_lock(value)));
  }
  return stored;
}

EtcdTransaction EtcdRecord::transaction(const StoredClaim& from, const StoredClaim& to,
                                        const std::string& lease) const {
  EtcdTransaction change{.compares = {still(record_key(), from.record), still(lock_key(), from.lock)},
                         .success = {},
                         .failure = {{EtcdAct::What::range, etcd_prefix(folder_), "", ""}}};
  if (to.record && to.record != from.record) {
    change.success.push_back({EtcdAct::What::put, {record_key(), ""}, to_text(*to.record), ""});
  }
  if (to.lock && to.lock != from.lock) {
    change.success.push_back({EtcdAct::What::put, {lock_key(), ""}, to_text(*to.lock), lease});
  }
  if (!to.lock && from.lock) change.success.push_back({EtcdAct::What::remove, {lock_key(), ""}, "", ""});
  return change;
}

Result<void> EtcdRecord::change(const StoredClaim& from, const StoredClaim& to, const std::string& lease,
                                const Context& context) {
  const auto wanted = transaction(from, to, lease);
  while (true) {
    const auto outcome = client_->transact(wanted, context.within(context.deadline.remaining() / 2));
    if (outcome && outcome->succeeded) return {};
    if (!outcome && !leaves_open(outcome.error())) return std::unexpected(outcome.error());
    // The answer got lost, or an earlier one of ours was carried out after all.
    if (!outcome) FO_TRY(pause_between_tries(pause_before_reading_back, context));
    auto now = outcome ? stored_in(outcome->found.front().entries) : read(context);
    if (!now) return std::unexpected(outcome ? now.error() : outcome.error());
    if (same(*now, to)) return {};
    // Sent again it does nothing twice: its conditions hold once.
    if (!same(*now, from)) return fail(ErrorKind::conflict, "the arbiter's record was changed by another in between");
  }
}

}  // namespace failover
