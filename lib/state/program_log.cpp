#include "state/program_log.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <failover/error.hpp>

#include "core/fd.hpp"
#include "core/file_io.hpp"
#include "core/system_error.hpp"
#include "state/numbered_files.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

constexpr std::string_view prefix = "program-log.";
constexpr std::size_t most_logs = 7;
constexpr std::size_t longest_beginning = std::size_t{1} << 20U;
constexpr std::size_t longest_end = std::size_t{256} << 10U;

void remove_old_ones(const std::filesystem::path& folder) {
  const auto numbers = list_numbered_files(folder, prefix);
  if (!numbers) return;
  std::error_code ignored;
  for (std::size_t i = 0; i + most_logs < numbers->size(); ++i) {
    std::filesystem::remove(numbered_file(folder, prefix, (*numbers)[i]), ignored);
  }
}

}  // namespace

ProgramLog::ProgramLog(std::filesystem::path path, Fd fd, std::size_t size) noexcept
    : path_(std::move(path)), fd_(std::move(fd)), size_(size) {}

Result<ProgramLog> ProgramLog::open(const StateDir& state, std::uint64_t run) {
  auto path = numbered_file(state.restore(), prefix, run);
  auto fd = FO_TRY(open_file(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600));
  remove_old_ones(state.restore());
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return fail_errno("cannot look at " + path.string());
  ProgramLog log(std::move(path), std::move(fd), static_cast<std::size_t>(info.st_size));
  if (log.size_ == 0) log.write(fmt::format("format 1, run {}\n", run));
  return log;
}

void ProgramLog::write(std::string_view text) noexcept {
  const auto room = longest_beginning - std::min(longest_beginning, size_);
  const auto first = text.substr(0, room);
  if (!first.empty() && write_all(fd_.get(), first)) size_ += first.size();
  text.remove_prefix(first.size());
  try {
    end_.append(text);
    if (end_.size() <= 2 * longest_end) return;
    left_out_ += end_.size() - longest_end;
    end_.erase(0, end_.size() - longest_end);
  } catch (const std::exception&) {
    end_.clear();
  }
}

void ProgramLog::close() noexcept {
  if (!end_.empty()) {
    if (left_out_ > 0) std::ignore = write_all(fd_.get(), fmt::format("\n[{} bytes are left out]\n", left_out_));
    std::ignore = write_all(fd_.get(), end_);
  }
  std::ignore = sync_file(fd_.get());
  end_.clear();
}

}  // namespace failover
