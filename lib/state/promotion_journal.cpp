#include "state/promotion_journal.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <failover/error.hpp>

#include "core/clock.hpp"
#include "core/journal.hpp"
#include "state/role_file.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

using Json = nlohmann::json;

constexpr std::int64_t format_number = 1;

std::unexpected<Error> damaged(std::string_view record) {
  return fail(ErrorKind::integrity, "the promotion journal holds a record that makes no sense: " + std::string(record) +
                                        "; keep the file, and see in DNS who serves: fo-promote dns show");
}

std::string text_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<std::optional<RoleRecord>> role_of(const Json& json) {
  const auto found = json.find("role_before");
  if (found == json.end()) return std::nullopt;
  RoleRecord record;
  const auto role = text_of(*found, "role");
  for (const auto candidate : {Role::standby, Role::promoting, Role::active, Role::fenced}) {
    if (to_string(candidate) == role) record.role = candidate;
  }
  const auto epoch = found->find("epoch");
  if (epoch == found->end() || !epoch->is_number_unsigned()) return damaged(found->dump());
  record.epoch = epoch->get<std::uint64_t>();
  record.node = text_of(*found, "node");
  record.since = FO_TRY(parse_rfc3339(text_of(*found, "since")));
  return record;
}

Result<PromotionRecord> begun(const Json& json, const std::string& text) {
  if (!json.contains("format") || !json["format"].is_number_integer() || !json.contains("epoch") ||
      !json["epoch"].is_number_unsigned()) {
    return damaged(text);
  }
  if (json["format"].get<std::int64_t>() > format_number) {
    return fail(ErrorKind::unfinished,
                "the promotion journal was written by a newer version of these tools; use that one");
  }
  PromotionRecord record;
  record.service = text_of(json, "service");
  record.node = text_of(json, "node");
  record.epoch = json["epoch"].get<std::uint64_t>();
  record.begun = text_of(json, "time");
  record.role_before = FO_TRY(role_of(json));
  record.step = "claim";
  const auto unattended = json.find("unattended");
  record.unattended = unattended != json.end() && *unattended == true;
  if (const auto touched = json.find("touched"); touched != json.end() && touched->is_array()) {
    for (const auto& node : *touched) {
      if (node.is_string()) record.fence_tried.push_back(node.get<std::string>());
    }
  }
  return record;
}

void fold_view(PromotionRecord& last, const Json& json) {
  auto& view = last.views[text_of(json, "view")];
  view.how = text_of(json, "how");
  if (const auto caches = json.find("caches_s"); caches != json.end() && caches->is_number_unsigned()) {
    view.caches = std::chrono::seconds(caches->get<std::uint32_t>());
  }
  if (const auto until = text_of(json, "caches_until"); !until.empty()) view.caches_until = until;
}

void add_once(std::vector<std::string>& list, std::string text) {
  if (std::ranges::find(list, text) == list.end()) list.push_back(std::move(text));
}

Result<void> fold(PromotionHistory& history, const std::string& text) {
  const auto json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return damaged(text);
  const auto type = text_of(json, "type");
  if (type == "begin") {
    history.last = FO_TRY(begun(json, text));
    history.largest_epoch = std::max(history.largest_epoch, history.last->epoch);
    return {};
  }
  if (!history.last) return damaged(text);
  auto& last = *history.last;
  if (type == "enter") {
    last.step = text_of(json, "step");
    if (auto left = text_of(json, "left"); !left.empty()) add_once(last.left, std::move(left));
  } else if (type == "leave") {
    add_once(last.left, text_of(json, "step"));
  } else if (type == "fence") {
    add_once(last.fence_tried, text_of(json, "node"));
  } else if (type == "fenced") {
    add_once(last.fenced, text_of(json, "node"));
  } else if (type == "end") {
    last.outcome = text_of(json, "outcome");
    last.ended = text_of(json, "time");
  } else if (type == "view") {
    fold_view(last, json);
  } else {
    return damaged(text);
  }
  return {};
}

Result<PromotionHistory> fold_all(std::span<const std::string> records) {
  PromotionHistory history;
  for (const auto& record : records) FO_TRY(fold(history, record));
  return history;
}

/// Bytes that are no UTF-8 are replaced: a name must not keep a promotion from being written down.
std::string line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string now() {
  return rfc3339_millis(std::chrono::system_clock::now());
}

}  // namespace

PromotionJournal::PromotionJournal(Journal journal) noexcept : journal_(std::move(journal)) {}

Result<PromotionJournal> PromotionJournal::open(const StateDir& state) {
  PromotionJournal journal(FO_TRY(Journal::open(state.promote() / "journal")));
  journal.history_ = FO_TRY(fold_all(journal.journal_.records()));
  return journal;
}

Result<PromotionHistory> PromotionJournal::read(const StateDir& state) {
  return fold_all(FO_TRY(Journal::read(state.promote() / "journal")));
}

Result<void> PromotionJournal::begin(std::string_view service, std::string_view node, std::uint64_t epoch,
                                     const std::optional<RoleRecord>& role_before,
                                     const std::vector<std::string>& touched, bool unattended) {
  Json json{{"format", format_number}, {"type", "begin"}, {"time", now()},
            {"service", service},      {"node", node},    {"epoch", epoch}};
  if (!touched.empty()) json["touched"] = touched;
  if (unattended) json["unattended"] = true;
  if (role_before) {
    json["role_before"] = {{"role", to_string(role_before->role)},
                           {"epoch", role_before->epoch},
                           {"node", role_before->node},
                           {"since", rfc3339(role_before->since)}};
  }
  return add(line(json));
}

Result<void> PromotionJournal::enter(std::string_view step, std::string_view left) {
  Json json{{"type", "enter"}, {"time", now()}, {"step", step}};
  if (!left.empty()) json["left"] = left;
  return add(line(json));
}

Result<void> PromotionJournal::leave(std::string_view step) {
  return add(line(Json{{"type", "leave"}, {"time", now()}, {"step", step}}));
}

Result<void> PromotionJournal::try_fence(std::string_view node, std::string_view fencer) {
  return add(line(Json{{"type", "fence"}, {"time", now()}, {"node", node}, {"fencer", fencer}}));
}

Result<void> PromotionJournal::confirm_fence(std::string_view node, std::string_view fencer) {
  return add(line(Json{{"type", "fenced"}, {"time", now()}, {"node", node}, {"fencer", fencer}}));
}

Result<void> PromotionJournal::view(std::string_view name, const PromotionViewRecord& record) {
  Json json{{"type", "view"}, {"time", now()}, {"view", name}, {"how", record.how}};
  if (record.caches.count() > 0) json["caches_s"] = static_cast<std::uint32_t>(record.caches.count());
  if (!record.caches_until.empty()) json["caches_until"] = record.caches_until;
  return add(line(json));
}

Result<void> PromotionJournal::end(std::string_view outcome) {
  return add(line(Json{{"type", "end"}, {"time", now()}, {"outcome", outcome}}));
}

Result<void> PromotionJournal::add(const std::string& json) {
  // After a failed append the file may end in half a line; one more behind it would read as damage in the middle.
  if (broken_)
    return fail(ErrorKind::io, "the promotion journal could not be written before, so nothing is added to it");
  const auto appended = journal_.append(json);
  if (!appended) {
    broken_ = true;
    return appended;
  }
  return fold(history_, json);
}

}  // namespace failover
