#include "fo-promote/init/init.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "cli/command_line.hpp"
#include "cli/config_file.hpp"
#include "cli/exit_status.hpp"
#include "cli/output.hpp"
#include "cli/session.hpp"
#include "cli/shared_options.hpp"
#include "cli/terminal.hpp"
#include "cli/tool.hpp"
#include "fo-promote/init/answers.hpp"
#include "fo-promote/init/config_file_writer.hpp"
#include "fo-promote/init/config_text.hpp"
#include "fo-promote/init/dialogue.hpp"
#include "fo-promote/init/host_facts.hpp"
#include "fo-promote/init/live_surroundings.hpp"
#include "fo-promote/init/next_steps.hpp"
#include "fo-promote/init/presets.hpp"
#include "fo-promote/init/session_dialogue.hpp"
#include "fo-promote/options.hpp"
#include "fo-promote/promote_tool.hpp"

namespace failover::promote_tool {

namespace {

using Json = nlohmann::ordered_json;

std::string json_text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// What is said for one run must not stand in a configuration, where it would hold for every one.
constexpr std::array<std::string_view, 11> for_one_run{"confirm", "i-have-powered-off", "until", "for", "reason",
                                                       "off",     "print-states",       "from",  "to",  "switchover",
                                                       "canary"};

Result<Answers> given_answers(const PromoteOptions& options, const cli::Session& session) {
  Answers given;
  for (const auto& [flag, values] : options.given) {
    if (std::ranges::find(for_one_run, flag) != for_one_run.end()) {
      return fail(ErrorKind::usage, fmt::format("--{} is for one run and belongs into no configuration", flag));
    }
    given.set(flag, values);
  }
  if (session.options.state_dir) given.set("state-dir", {session.options.state_dir->string()});
  return given;
}

/// What the other host's file needs and nobody was asked for.
void complete(Answers& answers) {
  const auto& node = answers.first("node");
  if (fencers_of(answers, node).empty()) answers.add("fence", node + "=operator");
}

bool finds_files(const Answers& answers) {
  const auto& pbx = preset(answers.first("pbx"));
  auto places = answers.all("target");
  const auto& maps = answers.all("map").empty() && places.empty() ? pbx.maps : answers.all("map");
  for (const auto& map : maps) places.push_back(map.substr(map.find('=') + 1));
  return std::ranges::any_of(places, [](const std::string& place) {
    std::error_code error;
    return !std::filesystem::is_empty(place, error) && !error;
  });
}

/// The file that was written, read as every later run reads it.
Result<cli::Outcome> ready_with(const std::filesystem::path& config, cli::Session& session) {
  std::vector<std::string> arguments{"ready", "--config", config.string()};
  if (session.options.state_dir)
    arguments.insert(arguments.end(), {"--state-dir", session.options.state_dir->string()});
  PromoteTool tool(arguments);
  cli::SharedOptions shared;
  auto request = FO_TRY(cli::read_request(tool, shared, arguments));
  cli::Session look(shared, session.context, session.output, std::move(request.nodes), {arguments, {}},
                    session.signals);
  return tool.run(look);
}

/// The command line as a person would type it, for what goes wrong after the file is there.
cli::Outcome finished(const Answers& answers, const WrittenFiles& written, const Result<cli::Outcome>& ready,
                      bool doubted, cli::Session& session) {
  const bool all_good = ready && ready->status == cli::status_done && !doubted;
  cli::Outcome outcome;
  outcome.status = all_good ? cli::status_done : cli::status_warning;
  auto steps = Json::array();
  session.output.print("What is left to type:");
  for (const auto& each : next_steps(answers, written)) {
    session.output.print(fmt::format("{}# {}    # {}", each.host, each.command, each.why));
    steps.push_back({{"node", each.host}, {"command", each.command}, {"why", each.why}});
  }
  const auto why = !ready ? ready.error().message
                   : ready->status != cli::status_done
                       ? "the list above says what stands between now and a good failover"
                       : "not every answer could be confirmed";
  outcome.message =
      fmt::format("{} is written{}{}", written.config.string(), all_good ? "" : "; ", all_good ? "" : why);
  outcome.fields =
      json_text({{"config", written.config.string()}, {"peer_config", written.peer_config.string()}, {"next", steps}});
  return outcome;
}

Result<WrittenFiles> write_files(const Answers& answers, const WrittenFiles& files, const PromoteOptions& options,
                                 cli::Session& session) {
  const auto write = [&](const std::filesystem::path& path, const std::string& text) -> Result<void> {
    const auto kept = FO_TRY(write_configuration(path, text, options.force));
    if (kept)
      session.output.note(Level::warning, fmt::format("what was in {} is now in {}", path.string(), kept->string()));
    session.output.object("written", json_text({{"path", path.string()}, {"kept", kept ? kept->string() : ""}}));
    return {};
  };
  FO_TRY(write(files.config, config_text(answers)));
  if (!files.peer_config.empty()) FO_TRY(write(files.peer_config, config_text(counterpart(answers))));
  return files;
}

}  // namespace

Result<cli::Outcome> run_init(const PromoteOptions& options, cli::Session& session) {
  const auto given = FO_TRY(given_answers(options, session));
  WrittenFiles files{cli::configuration_file(session.options), options.peer_config, false};
  if (files.peer_config == files.config)
    return fail(ErrorKind::usage, "--peer-config is the file of this host; name another");
  if (!session.options.dry_run) {
    FO_TRY(may_write_configuration(files.config, options.force));
    if (!files.peer_config.empty()) FO_TRY(may_write_configuration(files.peer_config, options.force));
  }
  SessionDialogue dialogue(session, cli::person_is_there() && !session.output.json());
  LiveSurroundings around(facts_of_this_host(), session.context);
  auto answers = FO_TRY(question(given, dialogue, around));
  complete(answers);
  const auto text = config_text(answers);
  // Nothing is written that no tool would read.
  FO_TRY(cli::parse_config(text, files.config));
  FO_TRY(session.context.check());
  if (session.options.dry_run) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) session.output.print(line);
    session.output.object("configuration", json_text({{"path", files.config.string()}, {"text", text}}));
    return cli::Outcome{};
  }
  files.target_is_full = finds_files(answers);
  const auto written = FO_TRY(write_files(answers, files, options, session));
  const auto ready = ready_with(written.config, session);
  return finished(answers, written, ready, dialogue.doubted(), session);
}

}  // namespace failover::promote_tool
