#include <algorithm>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "cli/command_line.hpp"
#include "cli/exit_status.hpp"
#include "cli/output.hpp"
#include "cli/session.hpp"
#include "cli/shared_options.hpp"
#include "cli/signals.hpp"
#include "cli/tool.hpp"

namespace failover::cli {

namespace {

/// No core file may hold a password (property secret).
void forbid_core_files() noexcept {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__
  // LeakSanitizer must be able to look into us.
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

CommandLine split(const Tool& tool, int argc, char** argv) {
  CommandLine line;
  line.arguments.assign(argv + 1, argv + argc);
  if (!tool.takes_program()) return line;
  const auto separator = std::ranges::find(line.arguments, "--");
  if (separator == line.arguments.end()) return line;
  line.program.assign(separator + 1, line.arguments.end());
  line.arguments.erase(separator, line.arguments.end());
  return line;
}

Deadline run_deadline(const Tool& tool, const SharedOptions& options) {
  if (!tool.timeout_bounds_run()) return Deadline::never();
  return Deadline::after(options.timeout.value_or(tool.default_timeout()));
}

Result<Outcome> run_guarded(Tool& tool, Session& session) {
  try {
    return tool.run(session);
  } catch (const std::exception& error) {
    return fail(ErrorKind::internal, fmt::format("internal error, please report it: {}", error.what()));
  }
}

int report(const Tool& tool, const Result<Outcome>& outcome, int signal_number, Output& output) {
  if (!outcome) {
    const int status = tool.status_of(outcome.error(), signal_number);
    output.failure(outcome.error(), status);
    return status;
  }
  output.result(*outcome);
  if (output.all_written()) return outcome->status;
  // The work is done; only its report did not arrive, so a status that says "failed" would be wrong.
  const int status = outcome->status == status_done ? status_warning : outcome->status;
  output.failure(Error{ErrorKind::io, "the work is done, but its result could not be written to stdout"}, status);
  return status;
}

}  // namespace

int Tool::status_of(const Error& error, int signal_number) const noexcept {
  return exit_status(error.kind, signal_number);
}

int run_tool(Tool& tool, int argc, char** argv) {
  forbid_core_files();
  Signals signals;
  SharedOptions options;
  auto line = split(tool, argc, argv);
  // Before parsing, so that a usage error is JSON too.
  options.json = std::ranges::find(line.arguments, "--json") != line.arguments.end();
  auto request = read_request(tool, options, line.arguments);
  Output output(tool.name(), options);
  if (!request) return report(tool, std::unexpected(request.error()), signals.received(), output);
  if (const auto& text = request->text) {
    fmt::print("{}{}", *text, text->ends_with('\n') ? "" : "\n");
    return 0;
  }
  Session session(options, Context{run_deadline(tool, options), signals.token(), &output}, output,
                  std::move(request->nodes), std::move(line), signals);
  // Before asking which signal came: arguments have no order of evaluation.
  const auto outcome = run_guarded(tool, session);
  return report(tool, outcome, signals.received(), output);
}

}  // namespace failover::cli
