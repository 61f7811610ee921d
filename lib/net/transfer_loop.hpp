#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/address.hpp"
#include "net/curl.hpp"
#include "net/loop.hpp"
#include "net/resolver.hpp"

namespace failover {

/// A private loop with libcurl and the resolver as its guests, for work that waits for its transfers. Connections are
/// kept between them. Outlives every Transfer made on it; one thread.
class TransferLoop {
 public:
  static Result<std::unique_ptr<TransferLoop>> create();

  [[nodiscard]] Loop& loop() noexcept { return *loop_; }
  [[nodiscard]] Curl& curl() noexcept { return curl_; }
  /// Looks a name up, or takes what it was within the last minute.
  Result<std::vector<Address>> resolve(const std::string& host, std::uint16_t port, const Context& context);

 private:
  struct Known {
    std::vector<Address> addresses;
    Loop::Clock::time_point until;
  };

  TransferLoop(std::unique_ptr<Loop> loop, std::unique_ptr<Resolver> resolver) noexcept
      : loop_(std::move(loop)), resolver_(std::move(resolver)), curl_(*loop_) {}

  std::unique_ptr<Loop> loop_;
  std::unique_ptr<Resolver> resolver_;
  Curl curl_;
  std::map<std::pair<std::string, std::uint16_t>, Known> known_;
};

}  // namespace failover
