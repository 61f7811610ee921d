#include "fo-promote/html_report.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "cli/html_text.hpp"
#include "cli/textfile.hpp"

namespace failover::promote_tool {

namespace {

using cli::html_text;

constexpr std::string_view style =
    "body{font:16px/1.45 sans-serif;margin:0 auto;padding:1em;max-width:50em;color:#111;background:#fff}"
    "h1{font-size:1.3em}h2{font-size:1.05em;margin:1.6em 0 .4em}"
    ".end{padding:.7em 1em;border-left:.5em solid #2a7}.warn{border-color:#d80}.bad{border-color:#c22}"
    "pre,code{font:14px/1.4 monospace;white-space:pre-wrap;overflow-wrap:anywhere}"
    "pre{background:#f3f3f3;padding:.7em}table{border-collapse:collapse;width:100%}"
    "td,th{text-align:left;vertical-align:top;padding:.25em .6em .25em 0;border-bottom:1px solid #ddd;"
    "overflow-wrap:anywhere}td.n{white-space:nowrap;text-align:right}"
    "@media(prefers-color-scheme:dark){body{color:#eee;background:#111}pre{background:#222}td,th{border-color:#444}}";

std::string time_text(WallTime time) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", std::chrono::floor<std::chrono::seconds>(time));
}

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

class Page {
 public:
  void raw(std::string_view markup) { text_ += markup; }
  void heading(std::string_view words) { text_ += fmt::format("<h2>{}</h2>\n", html_text(words)); }
  void row(std::string_view name, std::string_view value) {
    text_ += fmt::format("<tr><th>{}</th><td>{}</td></tr>\n", html_text(name), html_text(value));
  }
  std::string take() { return std::move(text_); }

  void outcome(const PromotionSettings& settings, const PromotionReport& report) {
    const std::string_view kind = report.failure ? " bad" : report.warnings.empty() ? "" : " warn";
    const auto& message = report.failure ? report.failure->message : report.message;
    const std::string_view word = report.failure ? to_string(report.failure->kind) : "done";
    text_ += fmt::format("<div class=\"end{}\"><strong>{}</strong><br>{}</div>\n<table>\n", kind, html_text(word),
                         html_text(message));
    row("Service", settings.service);
    row("This host", settings.node);
    row("Epoch", std::to_string(report.epoch));
    row("Last step", to_string(report.step));
    row("Serving now", report.serving);
    raw("</table>\n");
    if (!report.next.empty()) {
      heading("Type now");
      text_ += fmt::format("<pre>{}</pre>\n", html_text(report.next));
    }
    if (report.warnings.empty()) return;
    heading("Warnings");
    raw("<ul>\n");
    for (const auto& warning : report.warnings) text_ += fmt::format("<li>{}</li>\n", html_text(warning));
    raw("</ul>\n");
  }

  void timeline(const PromotionReport& report) {
    if (report.timeline.empty()) return;
    heading("Timeline");
    raw("<table>\n<tr><th>at</th><th>step</th><th>took</th><th>what</th></tr>\n");
    const auto first = report.timeline.front().when;
    for (const auto& entry : report.timeline) {
      text_ += fmt::format(
          "<tr><td class=\"n\">+{:.3f} s</td><td>{}</td><td class=\"n\">{:.3f} s</td><td>{}</td></tr>\n",
          seconds(entry.when - first), html_text(to_string(entry.step)), seconds(entry.took), html_text(entry.detail));
    }
    text_ += fmt::format("</table>\n<p>Begun {}, {:.3f} s in all.</p>\n", html_text(time_text(first)),
                         seconds(report.timeline.back().when - first + report.timeline.back().took));
  }

  void views(const PromotionReport& report) {
    if (report.views.empty()) return;
    heading("Who sees what");
    text_ += fmt::format("<p>{}</p>\n<table>\n", html_text(who_sees_what(report.views)));
    for (const auto& view : report.views) {
      auto words = std::string(to_string(view.state));
      if (!view.detail.empty()) words += ": " + view.detail;
      if (view.caches_expire) words += "; the last caches expire " + time_text(*view.caches_expire);
      row(view.description, words);
    }
    raw("</table>\n");
  }

  void notices(const PromotionReport& report) {
    if (report.notices.empty()) return;
    heading("Who was told");
    raw("<table>\n");
    for (const auto& notice : report.notices) {
      row(fmt::format("{}: {}", notice.notifier, to_string(notice.event)),
          notice.failure ? "not sent: " + notice.failure->message : "sent");
    }
    raw("</table>\n");
  }

  void evidence(const PromotionSettings& settings, const PromotionPlan& plan) {
    heading("What was seen before, and the plan");
    raw("<pre>\n");
    for (const auto& line : promotion_evidence(settings, plan)) text_ += html_text(line) + "\n";
    raw("</pre>\n");
  }

 private:
  std::string text_;
};

}  // namespace

std::string html_report(const PromotionSettings& settings, const std::optional<PromotionPlan>& plan,
                        const PromotionReport& report, WallTime written) {
  Page page;
  page.raw(
      fmt::format("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
                  "'unsafe-inline'\">\n<title>Promotion of {}</title>\n<style>{}</style>\n</head>\n<body>\n"
                  "<h1>Promotion of {} to {}</h1>\n",
                  html_text(settings.service), style, html_text(settings.service), html_text(settings.node)));
  page.outcome(settings, report);
  page.timeline(report);
  page.views(report);
  page.notices(report);
  if (plan) page.evidence(settings, *plan);
  page.raw(fmt::format("<p>Written {} by fo-promote.</p>\n</body>\n</html>\n", html_text(time_text(written))));
  return page.take();
}

Result<void> write_html_report(const std::filesystem::path& file, const PromotionSettings& settings,
                               const std::optional<PromotionPlan>& plan, const PromotionReport& report) {
  if (!report.failure && !report.event) return {};
  return cli::replace_textfile(file, html_report(settings, plan, report, std::chrono::system_clock::now()),
                               "the report");
}

}  // namespace failover::promote_tool
