#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "arbiter/claim_record.hpp"
#include "net/etcd_client.hpp"
#include "net/etcd_message.hpp"

namespace failover {

/// What the store held in one linearizable read.
struct StoredClaim {
  std::optional<ClaimRecord> record;
  std::optional<ClaimLock> lock;
};

/// Record and lock of one service. Every change compares with all that was read; one whose answer got lost is read
/// back, and what the store holds then decides.
class EtcdRecord {
 public:
  EtcdRecord(std::unique_ptr<EtcdClient> client, const std::string& service);

  [[nodiscard]] std::string describe() const { return client_->location().describe(); }

  Result<StoredClaim> read(const Context& context);
  /// Kind conflict: the store held something else than `from`, and nothing was changed.
  /// @param lease of the lock, if `to` has one that `from` has not
  Result<void> change(const StoredClaim& from, const StoredClaim& to, const std::string& lease, const Context& context);

 private:
  [[nodiscard]] EtcdTransaction transaction(const StoredClaim& from, const StoredClaim& to,
                                            const std::string& lease) const;
  [[nodiscard]] Result<StoredClaim> stored_in(const std::vector<EtcdEntry>& entries) const;
  [[nodiscard]] std::string record_key() const { return folder_ + "record"; }
  [[nodiscard]] std::string lock_key() const { return folder_ + "lock"; }

  std::unique_ptr<EtcdClient> client_;
  std::string folder_;  ///< of this service
};

}  // namespace failover
