#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/role.hpp>

#include "core/worker.hpp"
#include "core/worker_error.hpp"
#include "core/worker_frame.hpp"
#include "promote/host_facts.hpp"
#include "state/drill_journal.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

using nlohmann::json;

// For making the room and ending what is in it.
constexpr Duration slack = std::chrono::seconds(30);

class StateLog final : public DrillLog {
 public:
  explicit StateLog(DrillJournal journal) : journal_(std::move(journal)) {}
  Result<std::string> add(const DrillRecord& record) override { return journal_.add(record); }

 private:
  DrillJournal journal_;
};

std::vector<std::string> texts(const std::vector<std::filesystem::path>& paths) {
  std::vector<std::string> all;
  all.reserve(paths.size());
  for (const auto& path : paths) all.push_back(path.string());
  return all;
}

std::string order(const Rehearsal& rehearsal) {
  std::vector<std::string> services;
  std::vector<std::uint16_t> ports;
  for (const auto& target : rehearsal.services) {
    services.push_back(target.text);
    if (target.port != 0) ports.push_back(target.port);
  }
  const json environment{{"FO_HOOK", "drill"},
                         {"FO_HOOK_SERVICE", rehearsal.service},
                         {"FO_HOOK_NODE", rehearsal.node},
                         {"FO_HOOK_DIR", rehearsal.tree.string()}};
  return json{{"hook", rehearsal.hook.string()},
              {"environment", environment},
              {"addresses", rehearsal.addresses},
              {"services", services},
              {"ports", ports},
              {"read_only", texts(rehearsal.read_only)},
              {"limit_ms", std::chrono::ceil<std::chrono::milliseconds>(rehearsal.limit).count()}}
      .dump();
}

Result<Rehearsed> outcome(std::string_view text) {
  try {
    const auto told = json::parse(text);
    if (!told.at("ok").get<bool>()) {
      const auto kind = told.value("outside", false) ? ErrorKind::conflict : ErrorKind::io;
      return fail(kind, told.at("message").get<std::string>());
    }
    return Rehearsed{std::chrono::milliseconds(told.at("hook_ms").get<std::int64_t>()),
                     std::chrono::milliseconds(told.at("services_ms").get<std::int64_t>())};
  } catch (const json::exception& error) {
    return fail(ErrorKind::internal,
                std::string("fo-drill answers with something that makes no sense: ") + error.what());
  }
}

}  // namespace

Result<std::unique_ptr<DrillLog>> open_drill_log(const std::filesystem::path& state_dir) {
  const auto state = FO_TRY(StateDir::open(state_dir));
  return std::make_unique<StateLog>(FO_TRY(DrillJournal::open(state)));
}

std::filesystem::path drill_state_dir(const std::filesystem::path& state_dir) {
  return state_of_drills(StateDir::at(state_dir));
}

Result<Rehearsed> rehearse_start(const Rehearsal& rehearsal, const Context& context) {
  if (rehearsal.services.empty()) {
    return fail(ErrorKind::usage, "nothing would prove that the service answers in the drill; add --self-probe TARGET");
  }
  FO_TRY(while_doing("--drill-hook", check_program(rehearsal.hook)));
  if (::geteuid() != 0) {
    return fail(ErrorKind::permission,
                "a drill-hook runs in namespaces of its own, which only root may make; type it as root");
  }
  auto worker = FO_TRY(Worker::start("fo-drill"));
  FO_TRY(worker->send(FrameKind::request, order(rehearsal), context));
  const auto frame = FO_TRY(while_doing("the drill", worker->receive(2 * rehearsal.limit + slack, context)));
  if (frame.kind != FrameKind::answer) return std::unexpected(worker_error("fo-drill", frame.text()));
  return outcome(frame.text());
}

}  // namespace failover
