#include "fo-promote/json.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/fencer.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>
#include <failover/role.hpp>
#include <failover/watch.hpp>

#include "fo-promote/status.hpp"

namespace failover::promote_tool {

namespace {

using Json = nlohmann::ordered_json;

std::string text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

std::string time_text(WallTime time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", std::chrono::floor<std::chrono::seconds>(time));
}

std::string_view decision_name(PromotionDecision decision) {
  switch (decision) {
    case PromotionDecision::go:
      return "go";
    case PromotionDecision::go_on:
      return "go-on";
    case PromotionDecision::nothing_to_do:
      return "nothing-to-do";
    case PromotionDecision::stop:
      return "stop";
  }
  return "stop";
}

Json observation(const Observation& seen, const PromotionFacts& facts) {
  const auto since = facts.since.find(seen.target.text);
  return {{"target", seen.target.text},
          {"health", to_string(seen.health)},
          {"since", since == facts.since.end() ? Json() : Json(time_text(since->second))},
          {"rtt_s", seconds(seen.rtt)},
          {"detail", seen.health ? seen.detail : seen.health.error().message}};
}

Json observations(const std::vector<Observation>& list, const PromotionFacts& facts) {
  Json array = Json::array();
  for (const auto& seen : list) array.push_back(observation(seen, facts));
  return array;
}

Json target_members(const ServiceTarget& target) {
  Json json{{"host", target.host}};
  if (const auto& srv = target.srv; srv) {
    json["priority"] = srv->priority;
    json["weight"] = srv->weight;
    json["port"] = srv->port;
  }
  return json;
}

Json record_members(const Result<ServiceRecord>& record) {
  if (!record) return {{"error", record.error().message}};
  Json json{{"addresses", record->addresses}, {"ttl_s", record->ttl.count()}};
  if (!record->targets.empty()) {
    json["targets"] = Json::array();
    for (const auto& target : record->targets) json["targets"].push_back(target_members(target));
  }
  if (const auto& mark = record->mark; mark) {
    json["epoch"] = mark->epoch;
    json["node"] = mark->node;
    json["since"] = mark->time;
  }
  return json;
}

Json peer_members(const PeerFacts& peer, const PromotionFacts& facts) {
  Json fencers = Json::array();
  for (const auto& fencer : peer.fencers) {
    const std::string state = !fencer.status                      ? fencer.status.error().message
                              : *fencer.status == FenceState::off ? "off"
                                                                  : "on";
    fencers.push_back({{"fencer", fencer.description}, {"status", state}});
  }
  return {{"node", peer.name},
          {"health", to_string(peer.verdict.health)},
          {"reason", peer.verdict.reason},
          {"checks", observations(peer.observations, facts)},
          {"fencers", fencers}};
}

Json backup_members(const BackupFacts& backup, WallTime now) {
  return {{"name", backup.name},
          {"time", time_text(backup.time)},
          {"restored", time_text(backup.restored)},
          {"age_s", std::chrono::floor<std::chrono::seconds>(now - backup.time).count()},
          {"pbx", backup.pbx},
          {"version", backup.version},
          {"extensions", backup.extensions ? Json(*backup.extensions) : Json()}};
}

Json observer_members(const ObserverFacts& store, WallTime now) {
  Json nodes = Json::array();
  for (const auto& one : store.seen.value_or(std::vector<NodeObservation>{})) {
    const auto since = one.since(now);
    nodes.push_back({{"node", one.node},
                     {"role", to_string(one.role)},
                     {"health", to_string(one.health)},
                     {"reason", one.reason},
                     {"since", since ? Json(time_text(*since)) : Json()},
                     {"age_s", one.age ? Json(seconds(*one.age)) : Json()}});
  }
  return {{"store", store.store},
          {"health", to_string(store.verdict.health)},
          {"reason", store.verdict.reason},
          {"nodes", nodes}};
}

Json view_members(const ViewOutcome& view) {
  Json json{{"view", view.description}, {"state", to_string(view.state)}, {"moved", view.moved_now}};
  if (!view.detail.empty()) json["detail"] = view.detail;
  if (view.caches_expire) json["caches_expire"] = time_text(*view.caches_expire);
  return json;
}

Json earlier_members(const EarlierPromotion& earlier) {
  return {{"service", earlier.service},         {"epoch", earlier.epoch},
          {"step", to_string(earlier.step)},    {"ended", earlier.ended},
          {"outcome", earlier.outcome},         {"committed", earlier.committed()},
          {"fence_tried", earlier.fence_tried}, {"fenced", earlier.fenced}};
}

/// Whether no promotion goes unattended now, and until when.
Json pause_members(const std::optional<PromotionPause>& pause) {
  if (!pause) return {{"paused", false}};
  return {{"paused", true},
          {"since", time_text(pause->since)},
          {"until", time_text(pause->until)},
          {"reason", pause->reason}};
}

}  // namespace

std::string plan_json(const PromotionSettings& settings, const PromotionPlan& plan) {
  Json json{{"service", settings.service},
            {"node", settings.node},
            {"decision", decision_name(plan.decision)},
            {"epoch", plan.epoch},
            {"role", plan.facts.role}};
  json["objections"] = Json::array();
  for (const auto& each : plan.objections) {
    json["objections"].push_back({{"rule", each.rule}, {"error", to_string(each.kind)}, {"reason", each.reason}});
  }
  json["warnings"] = plan.warnings;
  json["nodes"] = Json::array();
  for (const auto& peer : plan.facts.peers) json["nodes"].push_back(peer_members(peer, plan.facts));
  json["observers"] = Json::array();
  for (const auto& store : plan.facts.observers) json["observers"].push_back(observer_members(store, plan.facts.now));
  json["references"] = observations(plan.facts.references, plan.facts);
  json["self_probes"] = observations(plan.facts.self_probes, plan.facts);
  const auto backup = plan.facts.backup.value_or(std::nullopt);
  json["backup"] = backup ? backup_members(*backup, plan.facts.now) : Json();
  json["views"] = Json::array();
  for (const auto& view : plan.facts.views) {
    json["views"].push_back({{"view", view.description},
                             {"current", record_members(view.current)},
                             {"to", view.to},
                             {"servers", view.servers ? Json(*view.servers) : Json()},
                             {"one_update", !view.mark_is_apart},
                             {"swap", to_string(view.swap)}});
  }
  json["steps"] = Json::array();
  for (const auto& step : plan.steps) json["steps"].push_back({{"step", to_string(step.step)}, {"what", step.what}});
  return text(json);
}

std::string timeline_json(const TimelineEntry& entry) {
  return text({{"step", to_string(entry.step)},
               {"started", time_text(entry.when)},
               {"took_s", seconds(entry.took)},
               {"detail", entry.detail}});
}

std::string report_json(const PromotionReport& report) {
  Json json{{"step", to_string(report.step)},
            {"serving", report.serving},
            {"next", report.next},
            {"epoch", report.epoch},
            {"warnings", report.warnings}};
  json["views"] = Json::array();
  for (const auto& view : report.views) json["views"].push_back(view_members(view));
  if (report.event) json["event"] = to_string(*report.event);
  json["notifications"] = Json::array();
  for (const auto& notice : report.notices) {
    json["notifications"].push_back({{"notifier", notice.notifier},
                                     {"event", to_string(notice.event)},
                                     {"sent", !notice.failure},
                                     {"error", notice.failure ? Json(notice.failure->message) : Json()}});
  }
  if (report.failure) json["error"] = to_string(report.failure->kind);
  return text(json);
}

std::string status_json(const PromotionStatus& status, Duration min_uptime) {
  Json json{{"role", status.role},
            {"node", status.node},
            {"epoch", status.role_epoch},
            {"running", status.running},
            {"restore_in_progress", status.restore_in_progress},
            {"pause", pause_members(status.pause)}};
  json["demoting_since"] = status.demoting ? Json(time_text(*status.demoting)) : Json();
  const auto quiet = quiet_until(status, min_uptime);
  json["last_promotion"] = status.last_promotion ? Json(time_text(*status.last_promotion)) : Json();
  json["quiet_until"] = quiet ? Json(time_text(*quiet)) : Json();
  json["last"] = status.last ? earlier_members(*status.last) : Json();
  json["backup"] = status.backup ? backup_members(*status.backup, std::chrono::system_clock::now()) : Json();
  return text(json);
}

std::string pause_json(const std::optional<PromotionPause>& pause) {
  return text(pause_members(pause));
}

std::string record_json(const std::string& server, const Result<ServiceRecord>& record) {
  Json json{{"server", server}};
  json.update(record_members(record));
  return text(json);
}

std::string answer_json(const ServerAnswer& answer, bool agrees) {
  Json json{{"server", answer.server}};
  json.update(record_members(answer.record));
  json["agrees"] = agrees;
  return text(json);
}

std::string view_json(const ViewOutcome& view) {
  return text(view_members(view));
}

std::string change_json(const std::string& view, const ViewMove& move, std::string_view how) {
  Json json{{"view", view}, {"from", move.from}, {"to", move.to}, {"how", how}};
  if (const auto& ttl = move.ttl; ttl) json["ttl_s"] = ttl->count();
  return text(json);
}

std::string ttl_json(const ViewOutcome& view, std::chrono::seconds ttl) {
  Json json{{"view", view.description}, {"ttl_s", ttl.count()}, {"changed", view.moved_now}};
  if (view.caches_expire) json["caches_expire"] = time_text(*view.caches_expire);
  return text(json);
}

std::string canary_json(const std::string& view, const std::string& name, const CanaryFlight& flight) {
  return text({{"view", view}, {"name", name}, {"there_s", seconds(flight.there)}, {"back_s", seconds(flight.back)}});
}

}  // namespace failover::promote_tool
