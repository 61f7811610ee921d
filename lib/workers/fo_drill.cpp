// fo-drill: starts a restored PBX where it reaches nobody, for libfailover. A program of its own because only a process
// with one thread may change its namespaces, and because the end of the first process of a process namespace is the end
// of all in it. It serves one frame of core/worker_frame.hpp:
//   {"hook", "environment": {..}, "addresses": [..], "services": [..], "ports": [..], "read_only": [..], "limit_ms"}
// and answers with {"ok", "message", "hook_ms", "services_ms", "services", "outside": true where a port was opened
// there} when nothing in there is left.

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "core/fd.hpp"
#include "core/file_io.hpp"
#include "core/secret.hpp"
#include "core/system_error.hpp"
#include "core/worker_frame.hpp"
#include "workers/drill_room.hpp"
#include "workers/host_ports.hpp"
#include "workers/worker_side.hpp"

namespace failover {

namespace {

using nlohmann::json;

constexpr int look_every_ms = 50;
constexpr std::size_t answer_limit = std::size_t{1} << 20U;

struct Work {
  DrillOrder order;
  std::vector<std::uint16_t> ports;
};

Result<Work> read_work(const std::string& text) {
  try {
    const auto asked = json::parse(text);
    Work work;
    asked.at("hook").get_to(work.order.hook);
    for (const auto& [name, value] : asked.at("environment").items()) {
      work.order.environment.emplace_back(name, value.get<std::string>());
    }
    asked.at("addresses").get_to(work.order.addresses);
    for (const auto& target : asked.at("services")) {
      work.order.services.push_back(FO_TRY(parse_target(target.get<std::string>())));
    }
    asked.at("read_only").get_to(work.order.read_only);
    work.order.limit = std::chrono::milliseconds(asked.at("limit_ms").get<std::int64_t>());
    asked.at("ports").get_to(work.ports);
    return work;
  } catch (const json::exception& error) {
    return fail(ErrorKind::internal, fmt::format("fo-drill was asked wrongly: {}", error.what()));
  }
}

[[noreturn]] void be_first_in_the_room(const DrillOrder& order, int answer) {
  // Whatever ends fo-drill ends this process, and with it all others in here.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const bool told = write_all(answer, rehearse(order)).has_value();
  ::_exit(told ? EXIT_SUCCESS : EXIT_FAILURE);
}

/// What callers of this host would get: nothing that the drill starts may be met from outside.
std::string new_on_the_host(const std::vector<std::uint16_t>& ports, const std::set<OpenPort>& before) {
  for (const auto& open : open_ports(ports)) {
    if (!before.contains(open)) {
      return fmt::format("{} port {} was opened on this host itself while the drill ran", open.udp ? "UDP" : "TCP",
                         open.port);
    }
  }
  return {};
}

Result<std::string> run(const Work& work) {
  const auto before = open_ports(work.ports);
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return fail_errno("cannot make a pipe");
  const Fd read_end(ends[0]);
  Fd write_end(ends[1]);
  // The children's, not ours: we stay outside and look at the host's ports.
  if (::unshare(CLONE_NEWPID) != 0) return fail_errno("the drill needs a process namespace");
  const auto first = ::fork();
  if (first < 0) return fail_errno("cannot fork");
  if (first == 0) be_first_in_the_room(work.order, write_end.get());
  write_end.reset();
  std::string outside;
  pollfd polled{read_end.get(), POLLIN, 0};
  while (outside.empty() && ::poll(&polled, 1, look_every_ms) <= 0) outside = new_on_the_host(work.ports, before);
  if (outside.empty()) outside = new_on_the_host(work.ports, before);
  if (!outside.empty()) ::kill(first, SIGKILL);
  const auto told = read_to_end(read_end.get(), answer_limit);
  // It has ended when every other process in its namespace has.
  while (::waitpid(first, nullptr, 0) < 0 && errno == EINTR) {
  }
  auto answer = json::parse(told.value_or(std::string()), nullptr, false);
  if (!answer.is_object())
    answer = {
        {"ok", false}, {"message", "it was ended"}, {"hook_ms", 0}, {"services_ms", 0}, {"services", json::array()}};
  if (!outside.empty()) {
    answer["ok"] = false;
    answer["message"] = outside;
    answer["outside"] = true;
  }
  return answer.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<void> serve() {
  const auto request = FO_TRY(WorkerSide::next());
  const auto work = FO_TRY(read_work(std::string(request.body.reveal())));
  return WorkerSide::send(FrameKind::answer, FO_TRY(run(work)));
}

}  // namespace

}  // namespace failover

int main() {
  failover::begin_worker();
  if (const auto served = failover::serve(); !served) return failover::WorkerSide::send(served.error()) ? 0 : 1;
  return 0;
}
