#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "net/address.hpp"
#include "net/loop.hpp"
#include "net/resolver.hpp"
#include "probe/prober.hpp"
#include "probe/sip_locator.hpp"
#include "probe/sip_options.hpp"

namespace failover {

/// What several addresses of one name say together: up if one is up; else unknown if one could not be asked, unless
/// that was for want of a route to its whole family while another family's was asked; else down.
struct AddressFinding {
  int family = 0;
  Finding finding;
};
Finding combine(const std::vector<AddressFinding>& findings);

/// One check of one target: looks its name up, asks its addresses one after the other, keeps the deadline. A target
/// without a host has neither name nor address.
class Check {
 public:
  using Done = std::function<void(Observation)>;

  /// `done` is called once, from the loop, at latest at the deadline; destroying the check cancels.
  Check(const CheckPlace& place, Resolver& resolver, Target target, Deadline deadline, Done done);
  void start();

 private:
  void on_addresses(Result<std::vector<Address>> addresses);
  void on_servers(Result<SipServers> servers);
  void take(std::vector<Address> addresses);
  void ask_next();
  void keep(Deadline deadline);
  void on_finding(Finding finding);
  void on_deadline(Loop::Clock::time_point due);
  void finish(Finding finding);

  CheckPlace place_;
  Resolver& resolver_;
  Target target_;
  Deadline deadline_;
  Done done_;
  Resolver::Lookup lookup_;
  std::optional<SipLocator> locator_;
  std::vector<SipTransport> transports_;  ///< of the addresses, if they come from the locator
  std::optional<Error> missing_;          ///< a look-up that failed while another did not
  Target asked_;                          ///< the target as the running prober sees it
  std::vector<Address> addresses_;
  std::size_t next_ = 0;
  std::vector<AddressFinding> findings_;
  Loop::Clock::time_point asked_at_;
  Pending running_;
  Loop::Timer deadline_timer_;
};

}  // namespace failover
