#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>

#include "support/catch.hpp"
#include "unit/promote/facts.hpp"
#include "unit/promote/golden.hpp"

using namespace failover;
using namespace failover::promote_test;
using namespace failover::promote_test::golden;

namespace {

constexpr auto largest = std::numeric_limits<std::uint64_t>::max();

const std::vector<Row> beginning{
    {"all is well", {}, "go 4 check..done"},
    {"all is well, and a person sits there", {attended}, "go 4 check..done"},
    {"role unset", {role("unset", 0)}, "go 4 check..done"},
    {"this host was fenced once; it is promoted again", {role("fenced", 3)}, "go 4 check..done"},
    {"the role says active, but no journal tells of it", {role("active", 3)}, "go 4 check..done"},
    {"the role says promoting, but no journal tells of it", {role("promoting", 3)}, "go 4 check..done"},
    {"no self-probe", {no_self_probe}, "go 4 check..done w1"},
    {"the service answers here already", {self_is({up})}, "go 4 check..done"},
    {"how the own service is, is not known", {self_is({unknown})}, "go 4 check..done"},
    {"until check", {until(P::check)}, "go 4 check..check"},
    {"until observe", {until(P::observe)}, "go 4 check..observe"},
    {"until claim", {until(P::claim)}, "go 4 check..claim"},
    {"until observe-again", {until(P::observe_again)}, "go 4 check..observe-again"},
    {"until fence", {until(P::fence)}, "go 4 check..fence"},
    {"until commit", {until(P::commit)}, "go 4 check..commit"},
    {"until pre-hook", {until(P::pre_hook)}, "go 4 check..pre-hook"},
    {"until start", {until(P::start)}, "go 4 check..start"},
    {"until self-probe", {until(P::self_probe)}, "go 4 check..self-probe"},
    {"until dns", {until(P::dns)}, "go 4 check..dns"},
    {"until post-hook", {until(P::post_hook)}, "go 4 check..post-hook"},
    {"until done", {until(P::done)}, "go 4 check..done"},
};

const std::vector<Row> epochs{
    {"no epoch in DNS", {marked(std::nullopt)}, "go 1 check..done"},
    {"the journal knows a larger epoch", {journal_epoch(9)}, "go 10 check..done"},
    {"the journal knows the same epoch", {journal_epoch(3)}, "go 4 check..done"},
    {"the journal knows a smaller epoch", {journal_epoch(2)}, "go 4 check..done"},
    {"the role file knows a larger epoch", {role("standby", 7)}, "go 8 check..done"},
    {"the role file knows a smaller epoch", {role("standby", 1)}, "go 4 check..done"},
    {"the arbiter knows a larger epoch", {record_epoch(11)}, "go 12 check..done"},
    {"the arbiter knows a smaller epoch: its claim will find that out", {record_epoch(2)}, "go 4 check..done"},
    {"a second view knows a larger epoch", {second_view({"192.0.2.1"}, mark(20, "a"))}, "go 21 check..done"},
    {"a second view knows no epoch", {second_view({"192.0.2.1"}, std::nullopt)}, "go 4 check..done"},
    {"all know one, the journal the largest",
     {journal_epoch(9), role("standby", 8), record_epoch(7), second_view({"192.0.2.1"}, mark(6, "a"))},
     "go 10 check..done"},
    {"all know one, the role the largest",
     {journal_epoch(8), role("fenced", 9), record_epoch(7), second_view({"192.0.2.1"}, mark(6, "a"))},
     "go 10 check..done"},
    {"all know one, the arbiter the largest",
     {journal_epoch(7), role("standby", 8), record_epoch(9), second_view({"192.0.2.1"}, mark(6, "a"))},
     "go 10 check..done"},
    {"all know one, a view the largest",
     {journal_epoch(6), role("standby", 7), record_epoch(8), second_view({"192.0.2.1"}, mark(9, "a"))},
     "go 10 check..done"},
    {"the last epoch but one is taken", {marked(mark(largest - 1, "a"))}, "stop 18446744073709551615 epoch:refused"},
    {"epochs are used up", {marked(mark(largest, "a"))}, "stop 18446744073709551615 epoch:refused superseded:refused"},
    {"epochs are used up, by the journal alone", {journal_epoch(largest)}, "stop 18446744073709551615 epoch:refused"},
};

const std::vector<Row> backups{
    {"exactly the age of a warning", {backup_age(hours(26))}, "go 4 check..done"},
    {"a second more", {backup_age(hours(26) + seconds(1))}, "go 4 check..done w1"},
    {"exactly the age of a refusal", {backup_age(days(7))}, "go 4 check..done w1"},
    {"a second more than that", {backup_age(days(7) + seconds(1))}, "stop 4 backup:refused"},
    {"a person does not make it younger", {attended, backup_age(days(8))}, "stop 4 backup:refused"},
    {"too old, allowed", {backup_age(days(8)), allow_stale}, "go 4 check..done w1"},
    {"not too old, allowed: the warning stays", {backup_age(hours(30)), allow_stale}, "go 4 check..done w1"},
    {"made a minute ahead by another clock", {backup_age(-minutes(1))}, "go 4 check..done"},
    {"other ages, within both", {backup_ages(hours(1), hours(2)), backup_age(minutes(59))}, "go 4 check..done"},
    {"other ages, a warning", {backup_ages(hours(1), hours(2)), backup_age(minutes(61))}, "go 4 check..done w1"},
    {"other ages, a refusal", {backup_ages(hours(1), hours(2)), backup_age(minutes(121))}, "stop 4 backup:refused"},
    {"nothing was ever restored", {backup_is(std::nullopt)}, "stop 4 backup:refused"},
    {"nothing was ever restored, allowed", {backup_is(std::nullopt), allow_stale}, "go 4 check..done w1"},
    {"nothing was ever restored, a person is there", {attended, backup_is(std::nullopt)}, "stop 4 backup:refused"},
    {"damaged", {backup_is(fail(ErrorKind::integrity, "damaged"))}, "stop 4 backup:integrity"},
    {"damaged is not 'none'",
     {backup_is(fail(ErrorKind::integrity, "damaged")), allow_stale},
     "stop 4 backup:integrity"},
    {"of a newer version", {backup_is(fail(ErrorKind::unfinished, "newer"))}, "stop 4 backup:unfinished"},
    {"half a restore", {restoring(true)}, "stop 4 restore:refused"},
    {"half a restore is no matter of age", {restoring(true), allow_stale}, "stop 4 restore:refused"},
    {"half a restore, a person is there", {attended, restoring(true)}, "stop 4 restore:refused"},
    {"half a restore of an old backup",
     {restoring(true), backup_age(days(8))},
     "stop 4 restore:refused backup:refused"},
    {"whether a restore is open cannot be read", {restoring(fail(ErrorKind::io, "EIO"))}, "stop 4 restore:io"},
};

/// Epoch 4 of this host.
Change own_mark_ago(Duration ago) {
  return [ago](S& s, F& f) {
    marked_ago(ago)(s, f);
    f.views[0].current->mark->epoch = 4;
    f.views[0].current->mark->node = "b";
  };
}

const std::vector<Row> quiet{
    {"paused", {paused(hours(1))}, "stop 4 pause:refused"},
    {"paused, a person is there", {attended, paused(hours(1))}, "go 4 check..done w1"},
    {"paused, but planned", {planned, paused(hours(1))}, "go 4 check..done w1"},
    {"the pause ends in a second", {paused(seconds(1))}, "stop 4 pause:refused"},
    {"the pause ends now", {paused(seconds(0))}, "go 4 check..done"},
    {"the pause is over", {paused(-seconds(1))}, "go 4 check..done"},
    {"whether it is paused cannot be read", {pause_unread(ErrorKind::integrity)}, "stop 4 pause:integrity"},
    {"a pause of a newer version", {pause_unread(ErrorKind::unfinished)}, "stop 4 pause:unfinished"},
    {"whether it is paused cannot be read, a person is there",
     {attended, pause_unread(ErrorKind::integrity)},
     "go 4 check..done w1"},
    {"a promotion of just now", {marked_ago(seconds(0))}, "stop 4 quiet-time:refused"},
    {"a promotion a second within the quiet time", {marked_ago(minutes(10) - seconds(1))}, "stop 4 quiet-time:refused"},
    {"a promotion exactly the quiet time ago", {marked_ago(minutes(10))}, "go 4 check..done"},
    {"within it, a person is there", {attended, marked_ago(minutes(1))}, "go 4 check..done w1"},
    {"within it, but planned", {planned, marked_ago(minutes(1))}, "go 4 check..done"},
    {"a longer quiet time", {min_uptime(hours(1)), marked_ago(minutes(59))}, "stop 4 quiet-time:refused"},
    {"no quiet time", {min_uptime(Duration::zero()), marked_ago(seconds(0))}, "go 4 check..done"},
    {"the mark's clock is a little ahead", {marked_ago(-minutes(3))}, "stop 4 quiet-time:refused"},
    {"the mark's clock is ahead by the quiet time", {marked_ago(-minutes(10))}, "stop 4 quiet-time:refused"},
    {"the mark's clock is far ahead", {marked_ago(-minutes(11))}, "go 4 check..done w1"},
    {"this host promoted a minute ago", {ended("done", minutes(1))}, "stop 5 quiet-time:refused"},
    {"this host withdrew a minute ago", {ended("withdrawn", minutes(1))}, "go 5 check..done"},
    {"this host was superseded a minute ago", {ended("superseded", minutes(1))}, "go 5 check..done"},
    {"active since a minute", {role("active", 3, minutes(1))}, "stop 4 quiet-time:refused"},
    {"fenced a minute ago", {role("fenced", 3, minutes(1))}, "stop 4 quiet-time:refused"},
    {"standby since a minute", {role("standby", 3, minutes(1))}, "go 4 check..done"},
    {"the own open claim is no promotion", {open_at(P::fence, {}), own_mark_ago(seconds(5))}, "go 5 check..done"},
    {"the own claim that was withdrawn is one",
     {ended("withdrawn"), own_mark_ago(seconds(5))},
     "stop 5 quiet-time:refused"},
    {"active for long, and promoted again a minute ago",
     {ended("done", minutes(1)), role("active", 3, hours(1))},
     "stop 5 quiet-time:refused"},
    {"promoted long ago, and active anew since a minute",
     {ended("done", hours(1)), role("active", 3, minutes(1))},
     "stop 5 quiet-time:refused"},
    {"another's claim of that number is one",
     {open_at(P::fence, {}), marked_ago(seconds(5)), [](S&, F& f) { f.views[0].current->mark->epoch = 4; }},
     "stop 5 quiet-time:refused"},
    {"paused and within the quiet time",
     {paused(hours(1)), marked_ago(minutes(1))},
     "stop 4 pause:refused quiet-time:refused"},
    {"behind the commit neither holds",
     {committed, paused(hours(1)), role("promoting", 3, minutes(1)), marked_ago(minutes(1))},
     "go-on 4 fence+pre-hook..done"},
};

}  // namespace

TEST_CASE("golden table: before anything has happened") {
  check(beginning);
}
TEST_CASE("golden table: epoch") {
  check(epochs);
}
TEST_CASE("golden table: the restored backup") {
  check(backups);
}
TEST_CASE("golden table: pause and quiet time") {
  check(quiet);
}
