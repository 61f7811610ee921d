#include "net/transfer_loop.hpp"

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/address.hpp"
#include "net/loop.hpp"
#include "net/resolver.hpp"

namespace failover {

namespace {

constexpr std::chrono::minutes kept_for{1};

}  // namespace

Result<std::unique_ptr<TransferLoop>> TransferLoop::create() {
  auto loop = FO_TRY(Loop::create());
  auto resolver = FO_TRY(Resolver::create(*loop));
  return std::unique_ptr<TransferLoop>(new TransferLoop(std::move(loop), std::move(resolver)));
}

Result<std::vector<Address>> TransferLoop::resolve(const std::string& host, std::uint16_t port,
                                                   const Context& context) {
  const auto key = std::pair(host, port);
  if (const auto found = known_.find(key); found != known_.end()) {
    if (Loop::Clock::now() < found->second.until) return found->second.addresses;
    known_.erase(found);
  }
  std::optional<Result<std::vector<Address>>> answer;
  const auto lookup = resolver_->resolve(
      host, port, context.deadline, [&answer](Result<std::vector<Address>> result) { answer = std::move(result); });
  if (auto ran = loop_->run([&answer] { return answer.has_value(); }, context); !ran && !answer) {
    return std::unexpected(ran.error().while_doing(fmt::format("looking up '{}'", host)));
  }
  if (!answer) return fail(ErrorKind::internal, fmt::format("the look-up of '{}' ended without an answer", host));
  // To a store a name without an address is a store that cannot be reached; an object that is missing is another thing.
  if (!*answer && answer->error().kind == ErrorKind::not_found) {
    return fail(ErrorKind::unreachable, answer->error().message);
  }
  if (*answer) known_.insert_or_assign(key, Known{**answer, Loop::Clock::now() + kept_for});
  return std::move(*answer);
}

}  // namespace failover
