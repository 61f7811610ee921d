#include "probe/engine.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "net/address.hpp"
#include "net/loop.hpp"
#include "net/resolver.hpp"
#include "probe/check.hpp"
#include "probe/prober.hpp"

namespace failover {

Result<std::unique_ptr<Engine>> Engine::create(const ProbeOptions& options) {
  if (options.timeout <= Duration::zero()) return fail(ErrorKind::usage, "the timeout must be longer than nothing");
  std::optional<Address> source;
  if (!options.source_address.empty()) {
    source = Address::parse(options.source_address, 0);
    if (!source) {
      return fail(ErrorKind::usage, fmt::format("source address '{}' is not an IP address", options.source_address));
    }
  }
  auto loop = FO_TRY(Loop::create());
  auto resolver = FO_TRY(Resolver::create(*loop));
  return std::unique_ptr<Engine>(new Engine(options, source, std::move(loop), std::move(resolver)));
}

Engine::Engine(ProbeOptions options, std::optional<Address> source, std::unique_ptr<Loop> loop,
               std::unique_ptr<Resolver> resolver)
    : options_(std::move(options)),
      source_(source),
      loop_(std::move(loop)),
      resolver_(std::move(resolver)),
      curl_(*loop_) {}

void Engine::check(const Target& target, Check::Done done) {
  waiting_.push_back({target, std::move(done)});
  start_next();
}

void Engine::start_next() {
  while (running_.size() < max_in_flight && !waiting_.empty()) {
    auto order = std::move(waiting_.front());
    waiting_.pop_front();
    const auto id = next_id_++;
    auto check = std::make_unique<Check>(
        CheckPlace{*loop_, curl_, options_, source_, kept_}, *resolver_, std::move(order.target),
        Deadline::after(options_.timeout),
        [this, id, done = std::move(order.done)](Observation observation) { end(id, std::move(observation), done); });
    auto& started = *running_.emplace(id, std::move(check)).first->second;
    started.start();
  }
}

void Engine::end(std::uint64_t id, Observation observation, const Check::Done& done) {
  auto node = running_.extract(id);
  over_.push_back(std::move(node.mapped()));
  clean_ = loop_->soon([this] { over_.clear(); });
  // Before the caller hears of it, who may order the next check or be content.
  start_next();
  done(std::move(observation));
}

}  // namespace failover
