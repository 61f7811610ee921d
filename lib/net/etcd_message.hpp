#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>

namespace failover {

/// What etcd 3.4's JSON gateway is told and says: keys and values in base64, 64-bit numbers as strings, members that
/// are false, 0 or empty left out. Reading is strict: what must be there and is not is an error of kind protocol.

/// Where the store stands when it answers.
struct EtcdHeader {
  std::int64_t revision = 0;  ///< grows with every change; at least 1
  std::uint64_t term = 0;     ///< grows with every election of a leader; at least 1
};

struct EtcdEntry {
  std::string key;
  std::string value;
  std::int64_t create_revision = 0;
  std::int64_t mod_revision = 0;
  std::string lease;  ///< its id; empty = none
};

/// A key, or with `end` every key from `key` up to it, without it.
struct EtcdKeys {
  std::string key;
  std::string end;
};

/// All keys that begin with `prefix`, which is not empty.
EtcdKeys etcd_prefix(std::string prefix);

struct EtcdEntries {
  EtcdHeader header;
  std::vector<EtcdEntry> entries;
  bool more = false;  ///< there are some beyond the limit
};

struct EtcdLease {
  EtcdHeader header;
  std::string id;  ///< a 64-bit number: text, for JSON's numbers end at 2^53
  std::chrono::seconds lifetime{};
};

/// How a lease stands at the leader. Granted anew when another leader takes over: then `remaining` is refilled.
struct EtcdLeaseLife {
  EtcdHeader header;
  std::chrono::seconds remaining{};  ///< rounded down
  std::chrono::seconds granted{};
};

/// One condition of a transaction: all must hold.
struct EtcdCompare {
  enum class What { create_revision, mod_revision, value };
  std::string key;
  What what = What::create_revision;
  std::int64_t revision = 0;  ///< create_revision 0 = the key does not exist
  std::string value;
};

/// One act of a transaction.
struct EtcdAct {
  enum class What { put, range, remove };
  What what = What::put;
  EtcdKeys keys;
  std::string value;
  std::string lease;  ///< put: id; empty = none
};

struct EtcdTransaction {
  std::vector<EtcdCompare> compares;
  std::vector<EtcdAct> success;
  std::vector<EtcdAct> failure;
};

struct EtcdOutcome {
  EtcdHeader header;
  bool succeeded = false;          ///< every condition held
  std::vector<EtcdEntries> found;  ///< one per act of the side that was taken; empty for put and remove
};

std::string etcd_range_request(const EtcdKeys& keys, std::size_t limit);
std::string etcd_put_request(std::string_view key, std::string_view value, std::string_view lease);
std::string etcd_remove_request(const EtcdKeys& keys);
std::string etcd_transaction_request(const EtcdTransaction& transaction);
std::string etcd_grant_request(std::chrono::seconds lifetime);
/// For keepalive, timetolive and revoke.
std::string etcd_lease_request(std::string_view id);
std::string etcd_authenticate_request(std::string_view user, std::string_view password);

Result<EtcdHeader> read_etcd_header(std::string_view reply);
Result<EtcdEntries> read_etcd_range(std::string_view reply);
/// @param transaction what was asked: the reply must answer each of its acts.
Result<EtcdOutcome> read_etcd_outcome(std::string_view reply, const EtcdTransaction& transaction);
Result<EtcdLease> read_etcd_grant(std::string_view reply);
/// None: the lease is gone. (etcd then answers 200, without a TTL.)
Result<std::optional<EtcdLeaseLife>> read_etcd_keepalive(std::string_view reply);
Result<std::optional<EtcdLeaseLife>> read_etcd_lease_life(std::string_view reply);
Result<std::string> read_etcd_token(std::string_view reply);

/// What an answer with another status than 200 says: {"error":..,"code":N}, a gRPC status.
struct EtcdRefusal {
  int code = 0;  ///< of gRPC; -1 when the answer is not of that kind
  std::string message;
};
EtcdRefusal read_etcd_refusal(long status, std::string_view reply);

}  // namespace failover
