#include "fo-promote/init/next_steps.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "fo-promote/init/answers.hpp"

namespace failover::promote_tool {

namespace {

constexpr std::string_view usual_config = "/etc/failover/failover.conf";
constexpr std::string_view usual_time = "04:17";

/// The tools find the usual configuration by themselves.
std::string config_option(const std::filesystem::path& config) {
  return config == usual_config ? "" : fmt::format(" --config {}", config.string());
}

/// /etc/failover/NAME.conf is the instance NAME of the units.
std::string instance(const std::filesystem::path& config) {
  return config.stem().string();
}

void add_timer(std::vector<NextStep>& steps, const Answers& answers, const std::string& node, const std::string& name) {
  const auto& at = answers.first("restore-at");
  if (at.empty() || at == usual_time) return;
  const auto folder = fmt::format("/etc/systemd/system/fo-restore@{}.timer.d", name);
  steps.push_back(
      {node,
       fmt::format("mkdir -p {0} && printf '[Timer]\\nOnCalendar=\\nOnCalendar=*-*-* {1}:00\\n' >{0}/time.conf", folder,
                   at),
       fmt::format("restores happen at {}", at)});
}

}  // namespace

std::vector<NextStep> next_steps(const Answers& answers, const WrittenFiles& written) {
  const bool here_is_active = answers.is("role", "active");
  const auto& here = answers.first("node");
  const auto& there = answers.first("peer");
  const auto& active = here_is_active ? here : there;
  const auto& standby = here_is_active ? there : here;
  const auto option = config_option(written.config);
  const auto name = instance(written.config);
  const bool data = !answers.is("source", "none") && answers.has("source");
  std::vector<NextStep> steps;
  if (written.peer_config.empty()) {
    steps.push_back({there, fmt::format("fo-promote init --role {}", here_is_active ? "standby" : "active"),
                     "its own configuration, with the same two names"});
  } else {
    steps.push_back({here,
                     fmt::format("scp {} root@{}:{}", written.peer_config.string(), answers.first("peer-address"),
                                 written.config.string()),
                     "its configuration; keys and hooks that it names must be there, too"});
  }
  steps.push_back({active, "fo-promote adopt" + option, "once: writes down that it is the active host"});
  if (data) {
    const bool take_over = written.target_is_full || here_is_active;
    steps.push_back({standby, fmt::format("fo-fetch{0} | fo-restore{0}{1} -", option, take_over ? " --take-over" : ""),
                     "the first backup is restored"});
    add_timer(steps, answers, standby, name);
  }
  steps.push_back({standby,
                   fmt::format("systemctl enable --now fo-watch@{0}.service{1}", name,
                               data ? fmt::format(" fo-fetch@{0}.timer fo-restore@{0}.timer", name) : ""),
                   "watches, and brings every backup"});
  steps.push_back({standby, "fo-promote ready" + option, "what stands between now and a good failover"});
  steps.push_back({standby, "fo-promote drill" + option, "a rehearsal that changes nothing in production"});
  return steps;
}

}  // namespace failover::promote_tool
