#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/address.hpp"
#include "net/loop.hpp"
#include "net/service_records.hpp"

namespace failover {

/// Turns names into addresses without ever blocking: c-ares as a guest of the loop, /etc/hosts first. Numeric
/// addresses are taken as they are. It notices a changed /etc/resolv.conf.
class Resolver {
 public:
  using Done = std::function<void(Result<std::vector<Address>>)>;
  using RecordsDone = std::function<void(Result<ServiceRecords>)>;

  /// One look-up that runs; destroying it drops the answer.
  class Lookup {
   public:
    struct State;
    Lookup() noexcept = default;
    explicit Lookup(std::shared_ptr<State> state) noexcept;
    Lookup(Lookup&&) noexcept = default;
    Lookup& operator=(Lookup&& other) noexcept;
    ~Lookup();

   private:
    std::shared_ptr<State> state_;
  };

  /// @param servers asked instead of those of /etc/resolv.conf, "192.0.2.1:53,[2001:db8::1]:53"; empty = those
  static Result<std::unique_ptr<Resolver>> create(Loop& loop, std::string servers = {});
  ~Resolver();

  /// Calls `done` from the loop, once, by the deadline. Addresses come in the order of RFC 6724, at least one; the same
  /// one never twice. Errors: not_found (no such name, or no address), timeout, unreachable (no name server answers,
  /// or it fails).
  [[nodiscard]] Lookup resolve(const std::string& host, std::uint16_t port, Deadline deadline, Done done);

  /// The records of a type at exactly this name. That there is no such name, or no such record, is an empty answer; an
  /// answer that does not come, or is a failure, is an error like those of resolve().
  [[nodiscard]] Lookup records(const std::string& name, ServiceType type, Deadline deadline, RecordsDone done);

  /// Whether /etc/hosts knows the name.
  [[nodiscard]] bool in_hosts_file(const std::string& name);

  /// resolve(), waiting: for work that has no loop of its own.
  static Result<std::vector<Address>> resolve_now(const std::string& host, std::uint16_t port, const Context& context);

 private:
  class Channel;
  Resolver(Loop& loop, std::string servers) noexcept;
  Lookup begin(const std::shared_ptr<Lookup::State>& state, Deadline deadline);
  Result<void> renew_channel();
  Loop& loop_;
  std::string servers_;
  std::unique_ptr<Channel> channel_;
};

}  // namespace failover
