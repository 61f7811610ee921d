#include "cli/output.hpp"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "cli/exit_status.hpp"
#include "cli/printable.hpp"
#include "cli/shared_options.hpp"
#include "cli/tool.hpp"

namespace failover::cli {

namespace {

bool person_looks(const SharedOptions& options) {
  const char* term = std::getenv("TERM");
  return !options.no_progress && !options.quiet && term != nullptr && std::string_view(term) != "dumb" &&
         ::isatty(STDERR_FILENO) == 1;
}

bool wants_colour(Color choice) {
  if (choice != Color::automatic) return choice == Color::always;
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  if (no_color != nullptr && *no_color != '\0') return false;
  return term != nullptr && std::string_view(term) != "dumb" && ::isatty(STDERR_FILENO) == 1;
}

std::string now() {
  const auto time = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03d}Z", whole, (time - whole).count());
}

/// One JSON line; bytes that are no UTF-8 (names of files) are replaced, never fatal.
std::string dump(const nlohmann::ordered_json& object) {
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string_view level_name(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warning:
      return "warning";
    case Level::alarm:
      return "alarm";
  }
  return "info";
}

}  // namespace

Output::Output(std::string_view tool, const SharedOptions& options)
    : tool_(tool),
      json_(options.json),
      quiet_(options.quiet),
      verbose_(options.verbose),
      colour_(wants_colour(options.color)),
      bar_(!options.no_progress && !options.quiet && ::isatty(STDERR_FILENO) == 1),
      live_(!options.json && person_looks(options)) {}

void Output::print(std::string_view line) {
  const std::scoped_lock lock(mutex_);
  if (json_) return;
  clear_drawn();
  write_line(printable(line));
}

void Output::object(std::string_view type, std::string_view fields) {
  const std::scoped_lock lock(mutex_);
  if (!json_) return;
  nlohmann::ordered_json object{{"type", type}, {"time", now()}};
  object.update(nlohmann::ordered_json::parse(fields));
  write_line(dump(object));
}

void Output::result(const Outcome& outcome) {
  nlohmann::ordered_json fields{{"status", outcome.status}, {"message", outcome.message}};
  fields.update(nlohmann::ordered_json::parse(outcome.fields));
  object("result", dump(fields));
  const std::scoped_lock lock(mutex_);
  clear_drawn();
  // Quiet when all is well: a cron job that succeeded mails nothing.
  const bool wanted = outcome.status != status_done || (!quiet_ && (verbose_ > 0 || ::isatty(STDERR_FILENO) == 1));
  if (!wanted || outcome.message.empty()) return;
  const bool done = outcome.status == status_done;
  const bool warned = outcome.status == status_warning;
  say(done ? "" : warned ? "warning: " : "error: ", done ? "" : warned ? "33" : "31", outcome.message);
}

void Output::failure(const Error& error, int status) {
  const nlohmann::ordered_json fields{
      {"status", status}, {"message", error.message}, {"error", std::string(to_string(error.kind))}};
  object("result", dump(fields));
  const std::scoped_lock lock(mutex_);
  clear_drawn();
  say("error: ", "31", error.message);
}

void Output::show(const std::vector<std::string>& lines) {
  const std::scoped_lock lock(mutex_);
  live_.show(lines);
}

void Output::clear_drawn() noexcept {
  bar_.clear();
  live_.clear();
}

bool Output::all_written() {
  const std::scoped_lock lock(mutex_);
  return std::fflush(stdout) == 0 && !stdout_failed_;
}

void Output::progress(std::string_view task, std::uint64_t done, std::uint64_t total) noexcept {
  try {
    const std::scoped_lock lock(mutex_);
    bar_.show(printable(task), done, total);
  } catch (...) {
    // Progress is a courtesy: work goes on without it.
    return;
  }
}

void Output::note(Level level, std::string_view sentence) noexcept {
  const bool problem = level == Level::warning || level == Level::alarm;
  const bool wanted = problem ? !quiet_ : verbose_ >= (level == Level::info ? 1 : 2);
  if (!wanted) return;
  try {
    object("note", dump({{"level", level_name(level)}, {"message", sentence}}));
    const std::scoped_lock lock(mutex_);
    clear_drawn();
    say(level == Level::alarm ? "ALARM: " : problem ? "warning: " : "", problem ? "33" : "", sentence);
  } catch (...) {
    return;
  }
}

void Output::say(std::string_view label, std::string_view colour, std::string_view sentence) {
  const auto text = printable(sentence);
  const auto coloured = colour_ && !colour.empty();
  const auto line = coloured ? fmt::format("{}: \x1b[{}m{}\x1b[0m{}\n", tool_, colour, label, text)
                             : fmt::format("{}: {}{}\n", tool_, label, text);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void Output::write_line(std::string_view line) {
  const bool ok = std::fwrite(line.data(), 1, line.size(), stdout) == line.size() && std::fputc('\n', stdout) == '\n' &&
                  std::fflush(stdout) == 0;
  stdout_failed_ = stdout_failed_ || !ok;
}

}  // namespace failover::cli
