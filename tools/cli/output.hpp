#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "cli/live_lines.hpp"
#include "cli/progress_bar.hpp"
#include "cli/shared_options.hpp"

namespace failover::cli {

struct Outcome;

/// Where everything goes that a tool says: stdout carries the result and nothing else (text, or JSON Lines with
/// --json), stderr the messages for people and the progress bar. Texts of peers may stand in all of it: what is not
/// JSON goes through printable(). Any thread may call.
class Output final : public Events {
 public:
  Output(std::string_view tool, const SharedOptions& options);

  [[nodiscard]] bool json() const noexcept { return json_; }
  /// A line of the result on stdout; nothing with --json.
  void print(std::string_view line);
  /// A JSON object on stdout, {"type":..,"time":..} and the members of `fields` (the text of a JSON object); nothing
  /// without --json.
  void object(std::string_view type, std::string_view fields);
  /// The last word: the message on stderr, the result object on stdout.
  void result(const Outcome& outcome);
  void failure(const Error& error, int status);
  /// False when stdout could not take what it was given (a full disk, a closed pipe).
  [[nodiscard]] bool all_written();

  /// Whether a person looks at stderr: then show() draws.
  [[nodiscard]] bool live() const noexcept { return live_.shown(); }
  [[nodiscard]] bool colour() const noexcept { return colour_; }
  /// Draws these lines on stderr in place of the ones before; they stay below everything else that is said. Nothing
  /// where nobody looks.
  void show(const std::vector<std::string>& lines);

  void progress(std::string_view task, std::uint64_t done, std::uint64_t total) noexcept override;
  void note(Level level, std::string_view sentence) noexcept override;

 private:
  void say(std::string_view label, std::string_view colour, std::string_view sentence);
  void write_line(std::string_view line);
  void clear_drawn() noexcept;

  std::mutex mutex_;
  std::string tool_;
  bool json_;
  bool quiet_;
  int verbose_;
  bool colour_;
  bool stdout_failed_ = false;
  ProgressBar bar_;
  LiveLines live_;
};

}  // namespace failover::cli
