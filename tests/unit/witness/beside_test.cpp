// The publisher's and the reader's threads, over a store of the test's own.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <expected>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

#include "support/catch.hpp"

using failover::Context;
using failover::Deadline;
using failover::Duration;
using failover::ErrorKind;
using failover::Health;
using failover::NodeObservation;
using failover::Result;
using failover::WitnessPublisher;
using failover::WitnessReader;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// What the test and the threads share.
struct Store {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::vector<NodeObservation> published;
  std::vector<std::string> notes;
  int attempts = 0;
  int reads = 0;
  bool hangs = false;
  Result<void> outcome;

  template <typename Condition>
  bool wait(Condition condition) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, seconds(20), condition);
  }
};

class StoreWitnesses final : public failover::Witnesses {
 public:
  explicit StoreWitnesses(Store& store) : store_(store) {}
  [[nodiscard]] std::string describe() const override { return "the store"; }

  Result<void> publish(const NodeObservation& observation, seconds, const Context& context) override {
    std::unique_lock lock(store_.mutex);
    ++store_.attempts;
    store_.changed.notify_all();
    if (store_.hangs) store_.changed.wait(lock, context.stop, [this] { return !store_.hangs; });
    if (store_.outcome) store_.published.push_back(observation);
    store_.changed.notify_all();
    return store_.outcome;
  }

  Result<std::vector<NodeObservation>> read(const Context& context) override {
    std::unique_lock lock(store_.mutex);
    if (store_.hangs) store_.changed.wait(lock, context.stop, [this] { return !store_.hangs; });
    ++store_.reads;
    store_.changed.notify_all();
    if (!store_.outcome) return std::unexpected(store_.outcome.error());
    return store_.published;
  }

 private:
  Store& store_;
};

class Notes final : public failover::Events {
 public:
  explicit Notes(Store& store) : store_(store) {}
  void progress(std::string_view, std::uint64_t, std::uint64_t) noexcept override {}
  void note(failover::Level, std::string_view sentence) noexcept override {
    const std::scoped_lock lock(store_.mutex);
    store_.notes.emplace_back(sentence);
    store_.changed.notify_all();
  }

 private:
  Store& store_;
};

NodeObservation saying(std::string reason) {
  NodeObservation said;
  said.node = "standby";
  said.health = Health::down;
  said.reason = std::move(reason);
  said.age = milliseconds(0);
  return said;
}

Context within(Duration limit) {
  Context context;
  context.deadline = Deadline::after(limit);
  return context;
}

}  // namespace

TEST_CASE("a store that hangs delays neither who publishes nor the end") {
  Store store;
  store.hangs = true;
  const auto began = Deadline::Clock::now();
  {
    WitnessPublisher publisher(std::make_unique<StoreWitnesses>(store), seconds(60), nullptr);
    const WitnessReader reader(std::make_unique<StoreWitnesses>(store), milliseconds(10), nullptr);
    for (int i = 0; i < 100; ++i) publisher.publish(saying("first"));
    const auto latest = reader.latest();
    REQUIRE_FALSE(latest);
    CHECK(latest.error().kind == ErrorKind::timeout);
    const auto flushed = publisher.flush(within(milliseconds(50)));
    REQUIRE_FALSE(flushed);
    CHECK(flushed.error().kind == ErrorKind::timeout);
  }
  CHECK(Deadline::Clock::now() - began < seconds(2));
}

TEST_CASE("the newest observation is published, and says how old it is") {
  Store store;
  store.hangs = true;
  WitnessPublisher publisher(std::make_unique<StoreWitnesses>(store), seconds(60), nullptr);
  publisher.publish(saying("first"));
  REQUIRE(store.wait([&] { return store.attempts == 1; }));
  publisher.publish(saying("second"));
  publisher.publish(saying("third"));
  {
    const std::scoped_lock lock(store.mutex);
    store.hangs = false;
    store.changed.notify_all();
  }
  REQUIRE(publisher.flush(within(seconds(20))));
  const std::scoped_lock lock(store.mutex);
  REQUIRE(store.published.size() == 2);
  CHECK(store.published[1].reason == "third");
  CHECK(store.published[1].age > Duration::zero());
}

TEST_CASE("what failed to be published is tried again, and told once") {
  Store store;
  Notes notes(store);
  store.outcome = failover::fail(ErrorKind::unreachable, "no route");
  WitnessPublisher publisher(std::make_unique<StoreWitnesses>(store), seconds(60), &notes);
  publisher.publish(saying("only"));
  REQUIRE_FALSE(publisher.flush(within(seconds(20))));
  REQUIRE(store.wait([&] { return store.attempts >= 2; }));
  {
    const std::scoped_lock lock(store.mutex);
    store.outcome = {};
  }
  REQUIRE(store.wait([&] { return store.notes.size() == 2; }));
  const std::scoped_lock lock(store.mutex);
  CHECK(store.published[0].reason == "only");
  CHECK(store.notes[0] == "publishing to the store: no route");
  CHECK(store.notes[1] == "publishing to the store: it works again");
}

TEST_CASE("what was read grows older, and a read that fails replaces it") {
  Store store;
  store.published = {saying("x")};
  const WitnessReader reader(std::make_unique<StoreWitnesses>(store), milliseconds(1), nullptr);
  REQUIRE(store.wait([&] { return store.reads >= 2; }));
  const auto first = reader.latest();
  REQUIRE(first);
  CHECK(first->at(0).age > Duration::zero());
  const std::scoped_lock lock(store.mutex);
  store.outcome = failover::fail(ErrorKind::unreachable, "no route");
  const auto reads = store.reads;
  REQUIRE(store.changed.wait_for(store.mutex, seconds(20), [&] { return store.reads >= reads + 2; }));
  CHECK_FALSE(reader.latest());
}
