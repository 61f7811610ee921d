#include "restore/handover_folder.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/fd.hpp"
#include "core/file_io.hpp"
#include "core/secret.hpp"
#include "core/system_error.hpp"
#include "core/user_account.hpp"
#include "state/restore_journal.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

constexpr unsigned read_only = 0400;
constexpr unsigned writable = 0600;
constexpr unsigned private_folder = 0700;

Result<void> give_to(int fd, const std::optional<UserAccount>& user, const std::filesystem::path& path) {
  if (!user || ::fchown(fd, user->uid, user->gid) == 0) return {};
  return fail_errno("cannot give " + path.string() + " to " + user->name);
}

Result<Fd> make_file(const std::filesystem::path& path, unsigned mode) {
  return open_file(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
}

Result<void> copy(const std::filesystem::path& from_path, int to, const Context& context) {
  const Fd from = FO_TRY(open_file(from_path, O_RDONLY));
  std::vector<std::byte> buffer(std::size_t{1024} * 1024);
  for (std::uint64_t offset = 0;;) {
    FO_TRY(context.check());
    const auto count = FO_TRY(read_at(from.get(), offset, buffer));
    if (count == 0) return {};
    FO_TRY(while_doing("copying the backup", write_all(to, std::span<const std::byte>(buffer).first(count))));
    offset += count;
  }
}

bool names(const std::vector<std::string>& program, std::string_view word) {
  return std::ranges::any_of(program, [&](const std::string& argument) { return argument.contains(word); });
}

}  // namespace

Result<std::filesystem::path> name_handover_folder(const StateDir& state, const RestoreRun& run,
                                                   const std::filesystem::path& place) {
  if (run.hand_over.run_as.empty()) return state.restore() / "program";
  std::array<std::uint64_t, 2> random{};
  if (::getrandom(random.data(), sizeof random, 0) != static_cast<ssize_t>(sizeof random)) {
    return fail_errno("cannot draw a random number");
  }
  return place / fmt::format("fo-restore.{}.{:016x}{:016x}", run.number, random[0], random[1]);
}

HandoverFolder::HandoverFolder(std::filesystem::path folder) noexcept : folder_(std::move(folder)) {}

HandoverFolder::HandoverFolder(HandoverFolder&& other) noexcept
    : folder_(std::exchange(other.folder_, {})), backup_(std::exchange(other.backup_, {})) {}

HandoverFolder::~HandoverFolder() {
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

void HandoverFolder::remove(const RestoreRun& run) noexcept {
  const HandoverFolder old(run.handover_folder);
}

Result<HandoverFolder> HandoverFolder::make(const RestoreRun& run, const std::filesystem::path& backup,
                                            const std::optional<UserAccount>& user, const Context& context) {
  remove(run);
  const std::filesystem::path path = run.handover_folder;
  // Made by us and nobody else: what is there already belongs to somebody.
  if (::mkdir(path.c_str(), private_folder) != 0) return fail_errno("cannot make the folder " + path.string());
  HandoverFolder folder(path);
  const Fd directory = FO_TRY(open_file(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  folder.backup_ = path / backup.filename();
  const Fd file = FO_TRY(make_file(folder.backup_, user ? read_only : writable));
  FO_TRY(copy(backup, file.get(), context));
  FO_TRY(give_to(file.get(), user, folder.backup_));
  if (names(run.program, "{log}")) {
    const Fd log = FO_TRY(make_file(folder.log(), writable));
    FO_TRY(give_to(log.get(), user, folder.log()));
  }
  if (names(run.program, "{password-file}")) {
    const auto password = FO_TRY(read_password_file(run.hand_over.password_file));
    const Fd secret = FO_TRY(make_file(folder.password(), read_only));
    FO_TRY(write_all(secret.get(), password.reveal()));
    FO_TRY(give_to(secret.get(), user, folder.password()));
  }
  // Last: until here nobody else could enter.
  FO_TRY(give_to(directory.get(), user, path));
  return folder;
}

}  // namespace failover
