#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace CLI {
class App;
}

namespace failover::cli {

class Session;

/// How a run ended when it did not fail.
struct Outcome {
  int status = 0;
  std::string message;        ///< one sentence for a person and for the JSON result object; may be empty
  std::string fields = "{}";  ///< more members of the JSON result object, as the text of a JSON object
};

/// One of the four programs. Its options are declared once, on the top-level app (subcommands fall through to it), and
/// serve the command line, the configuration file, the completions and the tests alike.
class Tool {
 public:
  virtual ~Tool() = default;
  /// "fo-fetch"; without "fo-" it is also the section of the configuration file.
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;
  /// One sentence for --help and the completions.
  [[nodiscard]] virtual std::string_view summary() const noexcept = 0;
  /// Declares options and operands, bound to members of the tool. Nothing may be marked as required: a value may also
  /// come from the configuration file, which is merged afterwards; run() checks.
  virtual void declare(CLI::App& app) = 0;
  virtual Result<Outcome> run(Session& session) = 0;

  /// Whether what follows "--" is a program with its arguments (Session::program).
  [[nodiscard]] virtual bool takes_program() const noexcept { return false; }
  /// Whether the configuration file is read for this command line, which has been parsed; not by what writes one.
  [[nodiscard]] virtual bool reads_configuration() const noexcept { return true; }
  /// Whether --dry-run is offered.
  [[nodiscard]] virtual bool changes_something() const noexcept { return true; }
  /// What -t means here, and the run's deadline when it is not given.
  [[nodiscard]] virtual std::string_view timeout_help() const noexcept { return "Deadline of the whole run"; }
  [[nodiscard]] virtual Duration default_timeout() const noexcept { return std::chrono::hours(6); }
  /// False where -t is not the deadline of the run (fo-probe: of one check).
  [[nodiscard]] virtual bool timeout_bounds_run() const noexcept { return true; }
  /// The exit status for a failed run. @param signal_number see exit_status().
  [[nodiscard]] virtual int status_of(const Error& error, int signal_number) const noexcept;
};

/// The whole of main: signals, options, configuration, the run, its result. @return the exit status.
int run_tool(Tool& tool, int argc, char** argv);

}  // namespace failover::cli
