#include "restore/survey.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
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

constexpr std::array<std::string_view, 3> log_endings{"-wal", "-shm", "-journal"};

struct CloseDirectory {
  void operator()(DIR* stream) const noexcept { ::closedir(stream); }
};

using Names = std::vector<std::string>;  ///< sorted, each once

void put_in_order(Names& names) {
  std::ranges::sort(names);
  const auto rest = std::ranges::unique(names);
  names.erase(rest.begin(), rest.end());
}

Result<Names> names_in(const Fd& directory) {
  Fd own(::fcntl(directory.get(), F_DUPFD_CLOEXEC, 0));
  if (!own) return fail_errno("cannot read a directory");
  const std::unique_ptr<DIR, CloseDirectory> stream(::fdopendir(own.get()));
  if (!stream) return fail_errno("cannot read a directory");
  [[maybe_unused]] const int taken_over = own.release();
  Names names;
  errno = 0;
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  if (errno != 0) return fail_errno("cannot read a directory");
  put_in_order(names);
  return names;
}

/// Goes down from each root, one directory at a time.
class Walk {
 public:
  Walk(const LiveTree& tree, const SurveyScope& scope, Survey& survey, const Context& context) noexcept
      : tree_(tree), scope_(scope), survey_(survey), context_(context) {}

  Result<void> operator()() {
    for (const auto& path : scope_.paths) want(path);
    for (auto& [directory, names] : wanted_) put_in_order(names);
    if (!scope_.state_dir.empty()) {
      const auto state = FO_TRY(look_at(AT_FDCWD, scope_.state_dir.string()));
      if (state.kind == FileKind::directory) off_limits_.emplace(state.device, state.identity.inode);
    }
    for (const auto& root : tree_.roots()) {
      const auto directory = FO_TRY(tree_.directory(root.prefix));
      const auto facts = FO_TRY(while_doing("looking at " + root.directory, look_at(directory.get(), "")));
      const bool fresh = off_limits_.emplace(facts.device, facts.identity.inode).second;
      if (!fresh) {
        return fail(ErrorKind::refused, root.directory +
                                            " is our state directory, or another target under a second name; "
                                            "name another directory");
      }
      survey_.paths[root.prefix] = {facts, root.prefix};
    }
    for (const auto& root : tree_.roots()) FO_TRY(start(root.prefix));
    return {};
  }

 private:
  void want(const std::string& path) {
    for (std::string rest = path; !tree_.is_root(rest);) {
      auto parent = parent_of(rest);
      const auto [place, fresh] = wanted_.try_emplace(parent);
      place->second.push_back(name_of(rest));
      if (!fresh) return;  // what is above it is wanted already
      rest = std::move(parent);
    }
  }

  Result<void> start(const std::string& prefix) {
    const auto directory = FO_TRY(tree_.directory(prefix));
    const auto names = FO_TRY(while_doing(tree_.shown(prefix), names_in(directory)));
    if (std::ranges::any_of(names, [](const std::string& name) { return !kept_apart(name); })) {
      survey_.occupied.insert(prefix);
    }
    return down(prefix, survey_.paths.at(prefix), directory, names);
  }

  static bool kept_apart(std::string_view name) noexcept { return name == slots_folder || name == "lost+found"; }

  /// Of the names in a directory those to look at.
  [[nodiscard]] Names interesting(const std::string& path, const Names& names) const {
    const auto found = wanted_.find(path);
    const auto* wanted = found == wanted_.end() ? nullptr : &found->second;
    Names result;
    std::ranges::copy_if(names, std::back_inserter(result), [&](const std::string& name) {
      if (scope_.everything && !kept_apart(name)) return true;
      if (wanted == nullptr) return false;
      return std::ranges::binary_search(*wanted, name) ||
             std::ranges::any_of(log_endings, [&](std::string_view ending) {
               return name.ends_with(ending) &&
                      std::ranges::binary_search(*wanted, name.substr(0, name.size() - ending.size()));
             });
    });
    return result;
  }

  Result<void> enter(const std::string& path, const LivePath& here) {
    const bool wanted = wanted_.contains(path);
    if (!wanted && (!scope_.everything || here.mount == path)) return {};
    FO_TRY(context_.check());
    const auto directory = FO_TRY(tree_.directory(path));
    return down(path, here, directory, FO_TRY(while_doing(tree_.shown(path), names_in(directory))));
  }

  Result<void> down(const std::string& path, const LivePath& here, const Fd& directory, const Names& names) {
    for (const auto& name : interesting(path, names)) {
      auto below = path;
      below.append(path.empty() ? "" : "/").append(name);
      if (tree_.is_root(below)) continue;  // what lies here under that name is hidden by the root
      auto facts = look_at(directory.get(), name);
      if (!facts) return std::unexpected(facts.error().while_doing(tree_.shown(path)));
      if (facts->kind == FileKind::absent) continue;
      const bool is_directory = facts->kind == FileKind::directory;
      LivePath live{*facts, is_directory && facts->mount != here.facts.mount ? below : here.mount};
      live.off_limits = is_directory && off_limits_.contains({facts->device, facts->identity.inode});
      if (is_directory && !live.off_limits) FO_TRY(enter(below, live));
      survey_.paths.insert_or_assign(std::move(below), std::move(live));
    }
    return {};
  }

  const LiveTree& tree_;
  const SurveyScope& scope_;
  Survey& survey_;
  const Context& context_;
  std::unordered_map<std::string, Names> wanted_;                 ///< in each directory
  std::set<std::pair<std::uint64_t, std::uint64_t>> off_limits_;  ///< device, inode
};

}  // namespace

std::vector<std::string> database_logs(const std::string& path) {
  std::vector<std::string> logs;
  logs.reserve(log_endings.size());
  for (const auto ending : log_endings) logs.push_back(path + std::string(ending));
  return logs;
}

Result<Survey> survey_tree(const LiveTree& tree, const SurveyScope& scope, const Context& context) {
  Survey survey;
  FO_TRY(Walk(tree, scope, survey, context)());
  return survey;
}

}  // namespace failover
