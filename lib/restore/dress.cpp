#include "restore/dress.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "core/fd.hpp"
#include "core/file_identity.hpp"
#include "core/system_error.hpp"
#include "restore/live_tree.hpp"
#include "restore/plan_acts.hpp"
#include "restore/slots.hpp"
#include "restore/survey.hpp"
#include "state/restore_plan_file.hpp"

namespace failover {

namespace {

constexpr unsigned default_mode = 0640;
constexpr unsigned allowed_bits = 0755;  ///< of an archive's modes: no set-id, no writing for others
constexpr unsigned kept_bits = 01777;    ///< of a live file's mode

/// What an extended attribute of the old content says of that content alone, or lets it do.
bool belongs_to_content(std::string_view name) noexcept {
  return name == "security.capability" || name == "security.ima" || name == "security.evm";
}

Result<void> copy_attributes(int from, int to) {
  const ssize_t length = ::flistxattr(from, nullptr, 0);
  if (length < 0 && errno == ENOTSUP) return {};
  if (length < 0) return fail_errno("cannot list extended attributes");
  std::string names(static_cast<std::size_t>(length), '\0');
  const ssize_t listed = ::flistxattr(from, names.data(), names.size());
  if (listed < 0) return fail_errno("cannot list extended attributes");
  names.resize(static_cast<std::size_t>(listed));
  for (std::size_t at = 0; at < names.size(); at += std::string_view(names.c_str() + at).size() + 1) {
    const char* name = names.c_str() + at;
    if (belongs_to_content(name)) continue;
    std::string value(std::size_t{64} * 1024, '\0');
    const ssize_t size = ::fgetxattr(from, name, value.data(), value.size());
    if (size < 0 && errno == ENODATA) continue;
    if (size < 0) return fail_errno("cannot read the extended attribute " + std::string(name));
    if (::fsetxattr(to, name, value.data(), static_cast<std::size_t>(size), 0) != 0) {
      return fail_errno("cannot keep the extended attribute " + std::string(name));
    }
  }
  return {};
}

Result<void> own(int fd, std::uint32_t uid, std::uint32_t gid, std::uint32_t mode) {
  if (::fchown(fd, uid, gid) != 0) return fail_errno("cannot give it its owner");
  if (::fchmod(fd, mode) != 0) return fail_errno("cannot give it its mode");
  return {};
}

/// The nearest directory above that is there already.
const FileFacts& above(const Survey& survey, const std::string& path) {
  for (auto parent = parent_of(path);; parent = parent_of(parent)) {
    const auto* live = survey.find(parent);  // a root is always there
    if (live != nullptr && live->facts.kind == FileKind::directory) return live->facts;
  }
}

class Dresser {
 public:
  Dresser(const LiveTree& tree, const Slots& slots, const Survey& survey, const Wardrobe& wardrobe) noexcept
      : tree_(tree), slots_(slots), survey_(survey), wardrobe_(wardrobe) {}

  Result<void> operator()(RestoreAct& act) {
    const bool is_directory = act.kind == ActKind::make_directory || act.kind == ActKind::remove_directory;
    if (is_directory) return dress_directory(act);
    if (act.kind != ActKind::add) {
      FO_TRY(open_parent(act.path));
      act.old_file = FO_TRY(identify(parent_.get(), name_of(act.path), survey_.find(act.path)->facts));
    }
    if (act.kind == ActKind::remove) return {};
    const auto name = slot_name(act.n);
    const int folder = slots_.at(act.mount);
    if (wardrobe_.entries != nullptr && !act.link.empty()) FO_TRY(make_link(act, folder, name));
    if (wardrobe_.entries != nullptr && act.link.empty()) FO_TRY(dress_file(act, folder, name));
    if (wardrobe_.entries == nullptr) FO_TRY(settle(folder, name));
    const auto facts = FO_TRY(look_at(folder, name));
    act.new_file = FO_TRY(identify(folder, name, facts));
    return {};
  }

 private:
  /// overlayfs gives a file of its lower layer a new birth time with the first change of it: better now than by the
  /// move.
  static Result<void> settle(int folder, const std::string& name) {
    struct stat info{};
    if (::fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return fail_errno("cannot look at its slot");
    const std::array<timespec, 2> times{info.st_atim, {0, UTIME_OMIT}};
    // EPERM: somebody else's file; elsewhere than on overlayfs there is nothing to settle.
    if (::utimensat(folder, name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) != 0 && errno != EPERM) {
      return fail_errno("cannot touch its slot");
    }
    return {};
  }

  Result<void> open_parent(const std::string& path) {
    const auto parent = parent_of(path);
    if (parent_ && parent == parent_path_) return {};
    parent_ = FO_TRY(tree_.directory(parent));
    parent_path_ = parent;
    return {};
  }

  Result<void> dress_directory(RestoreAct& act) const {
    // A rollback makes it as it was, and that stands in the act already.
    if (wardrobe_.entries == nullptr && act.kind == ActKind::make_directory) return {};
    const auto* live = survey_.find(act.path);
    const auto& model =
        live != nullptr && live->facts.kind == FileKind::directory ? live->facts : above(survey_, act.path);
    act.mode = model.mode;
    const bool comes = act.kind == ActKind::make_directory;
    const auto [uid, gid] = wardrobe_.owner && comes ? *wardrobe_.owner : Ownership{model.uid, model.gid};
    act.uid = uid;
    act.gid = gid;
    return {};
  }

  /// Owner of what comes where no file was.
  [[nodiscard]] Ownership owner_at(const std::string& path) const {
    const auto& model = above(survey_, path);
    return wardrobe_.owner.value_or(Ownership{model.uid, model.gid});
  }

  /// The live file whose owner and rights a new one takes over; nullptr = there is none.
  [[nodiscard]] const FileFacts* worn_by(const RestoreAct& act) const {
    const auto* live = act.kind == ActKind::add ? nullptr : survey_.find(act.path);
    return live != nullptr && live->facts.kind == FileKind::file ? &live->facts : nullptr;
  }

  Result<void> make_link(const RestoreAct& act, int folder, const std::string& name) const {
    if (::unlinkat(folder, name.c_str(), 0) != 0 && errno != ENOENT) return fail_errno("cannot clear its slot");
    if (::symlinkat(act.link.c_str(), folder, name.c_str()) != 0) return fail_errno("cannot make the link");
    const auto* live = worn_by(act);
    const auto [uid, gid] = live != nullptr ? Ownership{live->uid, live->gid} : owner_at(act.path);
    if (::fchownat(folder, name.c_str(), uid, gid, AT_SYMLINK_NOFOLLOW) != 0) {
      return fail_errno("cannot give it its owner");
    }
    return {};
  }

  Result<void> dress_file(const RestoreAct& act, int folder, const std::string& name) {
    const Fd fd(::openat(folder, name.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC));
    if (!fd) return fail_errno("cannot open its slot");
    const auto* live = worn_by(act);
    if (live == nullptr) {
      const auto stored = (*wardrobe_.entries)[static_cast<std::size_t>(act.n)].mode & allowed_bits;
      const auto [uid, gid] = owner_at(act.path);
      return own(fd.get(), uid, gid, stored != 0 ? stored : default_mode);
    }
    const Fd from(::openat(parent_.get(), name_of(act.path).c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!from) return fail_errno("cannot open the live file");
    FO_TRY(own(fd.get(), live->uid, live->gid, live->mode & kept_bits));
    return copy_attributes(from.get(), fd.get());
  }

  const LiveTree& tree_;
  const Slots& slots_;
  const Survey& survey_;
  const Wardrobe& wardrobe_;
  Fd parent_;
  std::string parent_path_;
};

}  // namespace

Result<void> dress(const LiveTree& tree, const Slots& slots, const Survey& survey, const Wardrobe& wardrobe,
                   DraftPlan& plan) {
  Dresser dresser(tree, slots, survey, wardrobe);
  for (auto& draft : plan.acts) FO_TRY(while_doing("preparing " + draft.act.path, dresser(draft.act)));
  return {};
}

}  // namespace failover
