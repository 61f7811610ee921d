#include "restore/survey.hpp"

#include <cerrno>
#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/fd.hpp"
#include "core/file_identity.hpp"
#include "core/system_error.hpp"
#include "restore/live_tree.hpp"
#include "restore/slots.hpp"

namespace failover {

namespace {

struct CloseDirectory {
  void operator()(DIR* stream) const noexcept { ::closedir(stream); }
};

Result<std::set<std::string>> names_in(const Fd& directory) {
  Fd own(::fcntl(directory.get(), F_DUPFD_CLOEXEC, 0));
  if (!own) return fail_errno("cannot read a directory");
  const std::unique_ptr<DIR, CloseDirectory> stream(::fdopendir(own.get()));
  if (!stream) return fail_errno("cannot read a directory");
  [[maybe_unused]] const int taken_over = own.release();
  std::set<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace(name);
    errno = 0;
  }
  if (errno != 0) return fail_errno("cannot read a directory");
  return names;
}

/// Goes down from the target, one directory at a time.
class Walk {
 public:
  Walk(const LiveTree& tree, Survey& survey, const Context& context) noexcept
      : tree_(tree), survey_(survey), context_(context) {}

  void want(const std::string& path) {
    for (std::string rest = path; !rest.empty(); rest = parent_of(rest)) {
      if (!wanted_[parent_of(rest)].insert(name_of(rest)).second) return;
    }
  }

  Result<void> start() {
    const auto facts = FO_TRY(look_at(tree_.root(), ""));
    survey_.paths[""] = {facts, ""};
    const auto directory = FO_TRY(tree_.directory(""));
    const auto names = FO_TRY(names_in(directory));
    for (const auto& name : names) {
      if (name != slots_folder && name != "lost+found") survey_.empty_target = false;
    }
    return down("", {facts, ""});
  }

 private:
  Result<void> down(const std::string& path, const LivePath& here) {
    const auto wanted = wanted_.find(path);
    if (wanted == wanted_.end()) return {};
    FO_TRY(context_.check());
    const auto directory = FO_TRY(tree_.directory(path));
    const auto names = FO_TRY(names_in(directory));
    std::set<std::string> interesting;
    for (const auto& name : wanted->second) {
      if (names.contains(name)) interesting.insert(name);
      for (const auto& log : database_logs(name)) {
        if (names.contains(log)) interesting.insert(log);
      }
    }
    const auto work = "beneath " + tree_.target() + "/" + path;
    for (const auto& name : interesting) {
      auto facts = FO_TRY(while_doing(work, look_at(directory.get(), name)));
      if (facts.kind == FileKind::absent) continue;
      auto below = path;
      below.append(path.empty() ? "" : "/").append(name);
      const LivePath live{facts,
                          facts.kind == FileKind::directory && facts.mount != here.facts.mount ? below : here.mount};
      survey_.paths[below] = live;
      if (facts.kind == FileKind::directory) FO_TRY(down(below, live));
    }
    return {};
  }

  const LiveTree& tree_;
  Survey& survey_;
  const Context& context_;
  std::map<std::string, std::set<std::string>> wanted_;
};

}  // namespace

std::vector<std::string> database_logs(const std::string& path) {
  return {path + "-wal", path + "-shm", path + "-journal"};
}

Result<Survey> survey_tree(const LiveTree& tree, const std::set<std::string>& paths, const Context& context) {
  Survey survey;
  Walk walk(tree, survey, context);
  for (const auto& path : paths) walk.want(path);
  FO_TRY(walk.start());
  return survey;
}

}  // namespace failover
