#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "net/address.hpp"
#include "probe/prober.hpp"
#include "probe/sip_options.hpp"

namespace failover {

/// How SIP reaches a target.
SipTransport sip_transport(const Target& target);

/// One OPTIONS transaction without its transport: the request, and what the messages that come mean for it.
class SipTransaction {
 public:
  /// @param local where the connection is bound
  /// @return an error of kind internal when the system gives no random numbers
  static Result<SipTransaction> begin(const Target& target, const Address& local);

  [[nodiscard]] const std::string& request() const noexcept { return request_.text; }
  /// What a message from the peer finds out; none if it is not the final answer to this request.
  std::optional<Finding> judge(std::string_view message);
  /// A provisional answer has come: somebody is there.
  [[nodiscard]] bool proceeding() const noexcept { return proceeding_; }
  /// What it means that no final answer came.
  [[nodiscard]] const std::string& silence() const noexcept { return silence_; }

 private:
  explicit SipTransaction(SipOptions request) : request_(std::move(request)) {}
  SipOptions request_;
  bool proceeding_ = false;
  std::string silence_ = "no answer to OPTIONS";
};

}  // namespace failover
