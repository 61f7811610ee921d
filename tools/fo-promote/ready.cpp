#include "fo-promote/ready.hpp"

#include <algorithm>
#include <chrono>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/role.hpp>

#include "cli/output.hpp"
#include "cli/plugin_line.hpp"
#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/assembly.hpp"
#include "fo-promote/options.hpp"
#include "fo-promote/ready_render.hpp"

namespace failover::promote_tool {

namespace {

// A poller ends a plugin after a minute.
constexpr auto usual_timeout = std::chrono::seconds(50);

std::optional<std::filesystem::path> program(const std::string& file) {
  if (file.empty()) return std::nullopt;
  return file;
}

/// A promotion would stop here before it looked at anything, which is as bad as anything that a look could find.
Result<cli::Outcome> could_not_begin(const Error& error, cli::Output& output) {
  if (error.kind == ErrorKind::usage || error.kind == ErrorKind::cancelled) return std::unexpected(error);
  cli::Outcome outcome;
  outcome.status = cli::plugin_critical;
  const auto line = cli::plugin_line("PROMOTE", outcome.status, "a promotion could not even begin: " + error.message);
  output.print(line);
  outcome.fields = nlohmann::json{{"grade", "critical"}, {"summary", line}}.dump(
      -1, ' ', false, nlohmann::json::error_handler_t::replace);
  return outcome;
}

Result<cli::Outcome> look(const PromoteOptions& options, cli::Session& session) {
  const auto readiness = FO_TRY(ready_settings(options));
  auto assembled = assemble_for_ready(options, session);
  if (!assembled) return could_not_begin(assembled.error(), session.output);
  auto& assembly = *assembled;
  auto parts = assembly.parts();
  const auto context = session.options.timeout ? session.context : session.context.within(usual_timeout);
  const auto facts = gather_readiness(assembly.settings, readiness, parts, context);
  if (session.context.stop.stop_requested()) FO_TRY(session.context.check());
  return show_readiness({assembly.settings, readiness, facts}, session.output);
}

}  // namespace

Result<ReadySettings> ready_settings(const PromoteOptions& options) {
  for (const auto& name : options.skip) {
    if (std::ranges::find(ready_check_names(), name) != ready_check_names().end()) continue;
    return fail(ErrorKind::usage,
                fmt::format("--skip '{}' is no check; they are: {}", name, fmt::join(ready_check_names(), ", ")));
  }
  ReadySettings settings;
  settings.max_ttl = std::chrono::floor<std::chrono::seconds>(options.max_ttl);
  settings.min_free = options.min_free;
  settings.max_drill_age = options.max_drill_age;
  settings.skip = options.skip;
  return settings;
}

Result<Assembly> assemble_for_ready(PromoteOptions options, const cli::Session& session) {
  const auto pre = std::exchange(options.pre_hook, {});
  const auto start = std::exchange(options.start_hook, {});
  const auto post = std::exchange(options.post_hook, {});
  auto assembly = FO_TRY(assemble(options, session, false));
  assembly.settings.pre_hook = program(pre);
  assembly.settings.start_hook = program(start);
  assembly.settings.post_hook = program(post);
  return assembly;
}

Result<cli::Outcome> run_ready(const PromoteOptions& options, cli::Session& session) {
  auto outcome = look(options, session);
  // A poller shows what a plugin says on stdout.
  if (!outcome) session.output.print(cli::plugin_line("PROMOTE", cli::plugin_unknown, outcome.error().message));
  return outcome;
}

}  // namespace failover::promote_tool
