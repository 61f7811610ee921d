#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/registry.hpp>

#include "probe/engine.hpp"

namespace failover {

namespace {

class LoopObserver final : public Observer {
 public:
  explicit LoopObserver(ProbeOptions options) : options_(std::move(options)) {}

  std::vector<Observation> observe(std::span<const Target> targets, const Context& context) override {
    // A loop, a resolver and their sockets of its own for every call: nothing stale is carried over.
    std::vector<std::optional<Observation>> found(targets.size());
    Result<void> ran;
    if (auto engine = Engine::create(options_); engine) {
      ran = run(**engine, targets, found, context);
    } else {
      ran = std::unexpected(engine.error());
    }
    std::vector<Observation> observations;
    observations.reserve(targets.size());
    for (std::size_t i = 0; i < targets.size(); ++i) {
      observations.push_back(std::move(found[i]).value_or(not_asked(targets[i], ran)));
    }
    return observations;
  }

 private:
  static Result<void> run(Engine& engine, std::span<const Target> targets,
                          std::vector<std::optional<Observation>>& found, const Context& context) {
    std::size_t open = targets.size();
    for (std::size_t i = 0; i < targets.size(); ++i) {
      engine.check(targets[i], [&found, &open, i](Observation observation) {
        found[i] = std::move(observation);
        --open;
      });
    }
    return engine.loop().run([&open] { return open == 0; }, context);
  }

  /// unknown-is-not-down: what the context's end cut off was not asked to the end.
  static Observation not_asked(const Target& target, const Result<void>& why) {
    auto error = (why ? Error{ErrorKind::internal, "the check was lost"} : why.error()).while_doing("could not ask");
    auto detail = error.message;
    return {.target = target,
            .health = std::unexpected(std::move(error)),
            .rtt = {},
            .detail = std::move(detail),
            .grade = Grade::ok,
            .when = std::chrono::system_clock::now()};
  }

  ProbeOptions options_;
};

}  // namespace

Result<std::unique_ptr<Observer>> make_observer(const ProbeOptions& options) {
  // Whether the options make sense is known now, not at the first look.
  FO_TRY(Engine::create(options));
  return std::make_unique<LoopObserver>(options);
}

}  // namespace failover
