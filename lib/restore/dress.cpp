#include "restore/dress.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
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
    const auto* live = survey.find(parent);
    if (live != nullptr && live->facts.kind == FileKind::directory) return live->facts;
    if (parent.empty()) return survey.paths.at("").facts;
  }
}

class Dresser {
 public:
  Dresser(const LiveTree& tree, const Slots& slots, const Survey& survey,
          const std::vector<ArchiveEntry>* entries) noexcept
      : tree_(tree), slots_(slots), survey_(survey), entries_(entries) {}

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
    if (entries_ != nullptr) FO_TRY(dress_file(act, folder, name));
    const auto facts = FO_TRY(look_at(folder, name));
    act.new_file = FO_TRY(identify(folder, name, facts));
    return {};
  }

 private:
  Result<void> open_parent(const std::string& path) {
    const auto parent = parent_of(path);
    if (parent_ && parent == parent_path_) return {};
    parent_ = FO_TRY(tree_.directory(parent));
    parent_path_ = parent;
    return {};
  }

  Result<void> dress_directory(RestoreAct& act) const {
    if (entries_ == nullptr && act.kind == ActKind::make_directory) return {};  // as it was: stands in the act already
    const auto* live = survey_.find(act.path);
    const auto& model =
        live != nullptr && live->facts.kind == FileKind::directory ? live->facts : above(survey_, act.path);
    act.mode = model.mode;
    act.uid = model.uid;
    act.gid = model.gid;
    return {};
  }

  Result<void> dress_file(const RestoreAct& act, int folder, const std::string& name) {
    const Fd fd(::openat(folder, name.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC));
    if (!fd) return fail_errno("cannot open its slot");
    if (act.kind == ActKind::add) {
      const auto& model = above(survey_, act.path);
      const auto stored = (*entries_)[static_cast<std::size_t>(act.n)].mode & allowed_bits;
      return own(fd.get(), model.uid, model.gid, stored != 0 ? stored : default_mode);
    }
    const auto& live = survey_.find(act.path)->facts;
    const Fd from(::openat(parent_.get(), name_of(act.path).c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!from) return fail_errno("cannot open the live file");
    FO_TRY(own(fd.get(), live.uid, live.gid, live.mode));
    return copy_attributes(from.get(), fd.get());
  }

  const LiveTree& tree_;
  const Slots& slots_;
  const Survey& survey_;
  const std::vector<ArchiveEntry>* entries_;
  Fd parent_;
  std::string parent_path_;
};

}  // namespace

Result<void> dress(const LiveTree& tree, const Slots& slots, const Survey& survey,
                   const std::vector<ArchiveEntry>* entries, DraftPlan& plan) {
  Dresser dresser(tree, slots, survey, entries);
  for (auto& draft : plan.acts) FO_TRY(while_doing("preparing " + draft.act.path, dresser(draft.act)));
  return {};
}

}  // namespace failover
