#include "fo-promote/init/dialogue.hpp"

#include <algorithm>
#include <cstddef>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/error.hpp>

#include "fo-promote/init/answers.hpp"
#include "fo-promote/init/questions.hpp"
#include "fo-promote/init/surroundings.hpp"

namespace failover::promote_tool {

namespace {

using Values = std::vector<std::string>;

/// "sip,web" and "sip web" alike; a URL keeps its commas.
Values split(const Question& question, const std::string& line) {
  if (!question.several) return {line};
  auto text = line;
  if (question.flag == "services") std::ranges::replace(text, ',', ' ');
  std::istringstream words(text);
  Values values;
  for (std::string word; words >> word;) values.push_back(word);
  return values;
}

std::string trimmed(const std::string& line) {
  const auto begin = line.find_first_not_of(" \t");
  if (begin == std::string::npos) return {};
  return line.substr(begin, line.find_last_not_of(" \t") - begin + 1);
}

std::string_view judged_flag(const Finding& finding, const Question& question) noexcept {
  return finding.about.empty() ? question.flag : finding.about;
}

/// What is known so far, and the way to know the rest.
class Questioning {
 public:
  Questioning(Answers given, Dialogue& dialogue, Surroundings& around)
      : given_(given), answers_(std::move(given)), dialogue_(dialogue), around_(around) {}

  Result<Answers> all() {
    FO_TRY(take_given());
    const auto list = questions();
    for (std::size_t at = 0; at < list.size(); ++at) {
      const auto& each = list[at];
      if (answers_.has(each.flag)) {
        if (given_.has(each.flag) && !FO_TRY(keep_given(each))) at = go_back(each) - 1;
      } else if (each.prompt.empty() || (each.applies != nullptr && !each.applies(answers_))) {
        continue;
      } else if (!dialogue_.attended()) {
        FO_TRY(assume(each));
      } else if (!FO_TRY(ask(each))) {
        at = go_back(each) - 1;
      }
    }
    if (missing_.empty()) return std::move(answers_);
    return fail(ErrorKind::usage,
                fmt::format("nobody can be asked here and there is no default for {}; add {}",
                            missing_.size() == 1 ? "one answer" : "some answers", fmt::join(missing_, ", ")));
  }

 private:
  /// Every flag is looked at before the first question: a person shall not answer twenty for nothing.
  Result<void> take_given() {
    for (const auto& each : questions()) {
      if (!answers_.has(each.flag)) continue;
      Values values;
      for (const auto& given : answers_.all(each.flag)) {
        const bool list = each.flag == "services";
        for (auto& word : list ? split(each, given) : Values{given}) values.push_back(std::move(word));
      }
      if (!each.needed && values == Values{"none"}) values.clear();
      answers_.set(each.flag, values);
    }
    for (const auto& each : questions()) {
      if (!answers_.has(each.flag)) continue;
      FO_TRY(while_doing(fmt::format("--{}", each.flag), check_form(each, answers_.all(each.flag))));
    }
    return {};
  }

  Result<void> check_form(const Question& question, const Values& values) const {
    if (values.empty() && question.needed) return fail(ErrorKind::usage, "an answer is needed");
    for (const auto& value : values) {
      if (question.valid != nullptr) FO_TRY(question.valid(value, answers_));
    }
    return {};
  }

  /// Where nobody can correct an answer.
  Result<void> look(const Question& question, Origin origin) {
    const auto values = answers_.all(question.flag);
    dialogue_.settled(question.flag, values, origin);
    if (!missing_.empty()) return {};
    for (const auto& finding : around_.look(question.flag, answers_)) {
      const auto flag = judged_flag(finding, question);
      dialogue_.found(flag, finding);
      if (finding.grade == FindingGrade::wrong) {
        return fail(ErrorKind::config, fmt::format("--{}: {}", flag, finding.text));
      }
    }
    return {};
  }

  /// @return false when the person wants it asked after all
  Result<bool> keep_given(const Question& question) {
    if (!dialogue_.attended() || question.prompt.empty()) {
      FO_TRY(look(question, Origin::flag));
      return true;
    }
    dialogue_.tell(fmt::format("{}? {}", question.prompt, fmt::join(answers_.all(question.flag), " ")));
    if (!FO_TRY(stands(question))) {
      const bool leads_back = !question.back_to.empty() && !given_.has(question.back_to);
      if (!leads_back) given_.forget(question.flag);
      return false;
    }
    dialogue_.settled(question.flag, answers_.all(question.flag), Origin::flag);
    return true;
  }

  Values suggestion(const Question& question) {
    if (earlier_.has(question.flag)) return earlier_.all(question.flag);
    return question.suggest == nullptr ? Values{} : question.suggest(answers_, around_);
  }

  Result<void> assume(const Question& question) {
    const auto values = suggestion(question);
    if (values.empty() && question.needed) {
      missing_.push_back(fmt::format("--{}", question.flag));
      return {};
    }
    answers_.set(question.flag, values);
    return look(question, Origin::assumed);
  }

  /// The question to go back to: what was answered since is open again, with what was said as the default.
  std::size_t go_back(const Question& question) {
    const auto list = questions();
    const auto is_it = [&](const Question& each) { return each.flag == question.back_to && !given_.has(each.flag); };
    auto begin = std::ranges::find_if(list, is_it);
    const auto end = std::ranges::find(list, question.flag, &Question::flag);
    if (begin == list.end()) begin = end;
    for (auto each = begin; each <= end; ++each) {
      if (given_.has(each->flag) || !answers_.has(each->flag)) continue;
      earlier_.set(each->flag, answers_.all(each->flag));
      answers_.forget(each->flag);
    }
    return static_cast<std::size_t>(begin - list.begin());
  }

  /// @return false when what was asked before must be asked again
  Result<bool> ask(const Question& question) {
    const auto usual = suggestion(question);
    const auto prompt =
        fmt::format("{}{}? ", question.prompt,
                    usual.empty() ? (question.needed ? "" : " [none]") : fmt::format(" [{}]", fmt::join(usual, " ")));
    while (true) {
      const auto line = trimmed(FO_TRY(dialogue_.ask(prompt)));
      if (line == "?") {
        dialogue_.tell(fmt::format("  {} (flag: --{})", question.help, question.flag));
        continue;
      }
      auto values = line.empty() ? usual : line == "none" && !question.needed ? Values{} : split(question, line);
      if (const auto formed = check_form(question, values); !formed) {
        dialogue_.tell("  " + formed.error().message + (question.help.empty() ? "" : "; type ? for help"));
        continue;
      }
      answers_.set(question.flag, values);
      if (!FO_TRY(stands(question))) return false;
      dialogue_.settled(question.flag, values, Origin::asked);
      return true;
    }
  }

  /// Whether the answer that was just given is kept.
  Result<bool> stands(const Question& question) {
    bool doubted = false;
    for (const auto& finding : around_.look(question.flag, answers_)) {
      dialogue_.found(judged_flag(finding, question), finding);
      if (finding.grade == FindingGrade::wrong) return false;
      doubted = doubted || finding.grade == FindingGrade::doubt;
    }
    if (!doubted) return true;
    const auto line = trimmed(FO_TRY(dialogue_.ask("  Keep it anyway? [y/N] ")));
    return line == "y" || line == "Y" || line == "yes";
  }

  Answers given_;
  Answers answers_;
  Answers earlier_;  ///< what was said before we went back
  Dialogue& dialogue_;
  Surroundings& around_;
  Values missing_;
};

}  // namespace

std::string_view to_string(FindingGrade grade) noexcept {
  switch (grade) {
    case FindingGrade::good:
      return "good";
    case FindingGrade::doubt:
      return "doubt";
    case FindingGrade::wrong:
      break;
  }
  return "wrong";
}

Result<Answers> question(const Answers& given, Dialogue& dialogue, Surroundings& around) {
  auto known = given;
  if (!around.host().machine_id.empty() && !known.has("machine-id"))
    known.set("machine-id", {around.host().machine_id});
  return Questioning(std::move(known), dialogue, around).all();
}

}  // namespace failover::promote_tool
