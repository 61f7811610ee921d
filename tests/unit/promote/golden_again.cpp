#include <chrono>
#include <optional>
#include <vector>

#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "support/catch.hpp"
#include "unit/promote/facts.hpp"
#include "unit/promote/golden.hpp"

using namespace failover;
using namespace failover::promote_test;
using namespace failover::promote_test::golden;

namespace {

const Change all_left = open_at(P::post_hook, {P::commit, P::pre_hook, P::start, P::self_probe, P::dns, P::post_hook});
const Change probe_of_c = [](S&, F& f) { f.arbiter->maybe = {"b", "c"}; };

const std::vector<Row> active{
    {"done already", {active_here}, "nothing 4"},
    {"done already, a person is there", {active_here, attended}, "nothing 4"},
    {"done already, in both views", {active_here, second_view({"192.0.2.2"}, mark(4, "b"))}, "nothing 4"},
    {"done already, and the old active answers: nothing is begun", {active_here, node_is(up)}, "nothing 4"},
    {"done already, in a pause", {active_here, paused(hours(1))}, "nothing 4"},
    {"done already, without a self-probe", {active_here, no_self_probe}, "nothing 4"},
    {"done, but the service is down", {active_here, self_is({down})}, "stop 4 again:refused"},
    {"done, but how the service is is unknown", {active_here, self_is({unknown})}, "stop 4 again:refused"},
    {"done, but one of two services is down", {active_here, self_is({up, down})}, "stop 4 again:refused"},
    {"done, but another has promoted since",
     {active_here, at({"192.0.2.1"}), marked(mark(5, "a"))},
     "go 6 check..done"},
    {"done, but the name was moved back by hand",
     {active_here, at({"192.0.2.1"}), marked(mark(3, "a"))},
     "go 5 check..done"},
    {"done, but the name lacks its mark", {active_here, marked(std::nullopt)}, "go 5 check..done"},
    {"done, but one of two views is the old one's",
     {active_here, second_view({"192.0.2.1"}, mark(3, "a"))},
     "go 5 check..done"},
    {"done, but the view cannot be read", {active_here, view_unread(ErrorKind::timeout)}, "stop 5 dns:timeout"},
    {"done, but there is no view any more", {active_here, no_view}, "stop 5 dns:config"},
    {"done once, of another service", {active_here, of_another_service}, "go 5 check..done"},
    {"done once, and a standby since", {active_here, role("standby", 4)}, "go 5 check..done"},
    {"done once, and fenced since", {active_here, role("fenced", 5)}, "go 6 check..done"},
    {"done, and the journal ends withdrawn", {active_here, ended("withdrawn")}, "go 5 check..done"},
    {"done, and a claim was given back: the record says who is active",
     {active_here, claim_is_mark, marked(mark(5, "c"))},
     "nothing 4"},
    {"done, and a claim was given back, but the address is another one",
     {active_here, claim_is_mark, marked(mark(5, "c")), at({"192.0.2.1"})},
     "go 6 check..done"},
    {"done, and another's claim stands",
     {active_here, claim_is_mark, marked(mark(5, "c")), promoting("c")},
     "stop 6 one-winner:refused"},
    {"done, and the record names another",
     {active_here, claim_is_mark, marked(mark(5, "c")), active_is("c")},
     "go 6 check..done"},
    {"done, a newer mark, and the record cannot be read",
     {active_here, claim_is_mark, marked(mark(5, "c")), record_unread(ErrorKind::timeout)},
     "stop 6 one-winner:timeout"},
    {"a mark that is no claim has no record behind it", {active_here, marked(mark(5, "c"))}, "go 6 check..done"},
};

const std::vector<Row> earlier_runs{
    {"the last one was withdrawn", {ended("withdrawn")}, "go 5 check..done"},
    {"the last one was superseded", {ended("superseded")}, "go 5 check..done"},
    {"unfinished, of another service", {open_at(P::fence, {}), of_another_service}, "stop 5 again:refused"},
    {"committed, of another service", {committed, of_another_service}, "stop 5 again:refused"},
    {"ended, of another service", {ended("withdrawn"), of_another_service}, "go 5 check..done"},
    {"stopped in check", {open_at(P::check, {})}, "go 5 check..done"},
    {"stopped in observe", {open_at(P::observe, {})}, "go 5 check..done"},
    {"stopped in claim: anew", {open_at(P::claim, {})}, "go 5 check..done"},
    {"stopped behind the claim", {open_at(P::claim, {P::claim})}, "go 5 check..done"},
    {"stopped in observe-again", {open_at(P::observe_again, {P::claim})}, "go 5 check..done"},
    {"stopped behind observe-again", {open_at(P::observe_again, {P::claim, P::observe_again})}, "go 5 check..done"},
    {"stopped while fencing: anew, with a new epoch", {open_at(P::fence, {P::claim})}, "go 5 check..done"},
    {"stopped behind the fences", {open_at(P::fence, {P::claim, P::fence})}, "go 5 check..done"},
    {"stopped in commit: anew", {open_at(P::commit, {P::fence})}, "go 5 check..done"},
    {"before the commit its backup is asked for again",
     {open_at(P::fence, {}), backup_is(std::nullopt)},
     "stop 5 backup:refused"},
    {"before the commit a pause holds", {open_at(P::fence, {}), paused(hours(1))}, "stop 5 pause:refused"},
    {"before the commit the old active answers again", {open_at(P::fence, {}), node_is(up)}, "stop 5 healthy:refused"},
    {"before the commit this host was fenced: it may try again",
     {open_at(P::fence, {}), role("fenced", 6)},
     "go 7 check..done"},
};

const std::vector<Row> resumed{
    {"committed: on with the pre-hook", {committed}, "go-on 4 fence+pre-hook..done"},
    {"stopped in the pre-hook", {open_at(P::pre_hook, {P::commit})}, "go-on 4 fence+pre-hook..done"},
    {"stopped behind the pre-hook", {open_at(P::pre_hook, {P::commit, P::pre_hook})}, "go-on 4 fence+start..done"},
    {"stopped in start", {open_at(P::start, {P::commit, P::pre_hook})}, "go-on 4 fence+start..done"},
    {"stopped in start, and the pre-hook is not known to have ended",
     {open_at(P::start, {P::commit})},
     "go-on 4 fence+pre-hook..done"},
    {"stopped in start, and not even the commit is known to have ended",
     {open_at(P::start, {})},
     "go-on 4 fence+pre-hook..done"},
    {"stopped behind start", {open_at(P::start, {P::commit, P::pre_hook, P::start})}, "go-on 4 fence+self-probe..done"},
    {"stopped in self-probe",
     {open_at(P::self_probe, {P::commit, P::pre_hook, P::start})},
     "go-on 4 fence+self-probe..done"},
    {"stopped behind self-probe",
     {open_at(P::self_probe, {P::commit, P::pre_hook, P::start, P::self_probe})},
     "go-on 4 fence+dns..done"},
    {"stopped behind dns",
     {open_at(P::dns, {P::commit, P::pre_hook, P::start, P::self_probe, P::dns}), at({"192.0.2.2"}),
      marked(mark(4, "b"))},
     "go-on 4 fence+post-hook..done"},
    {"stopped behind the post-hook: the role is open",
     {all_left, at({"192.0.2.2"}), marked(mark(4, "b"))},
     "go-on 4 fence+post-hook..done"},
    {"until start", {committed, until(P::start)}, "go-on 4 fence+pre-hook..start"},
    {"until a step that lies behind",
     {open_at(P::dns, {P::commit, P::pre_hook, P::start, P::self_probe}), until(P::start)},
     "go-on 4 fence+dns..done"},
    {"a person is there", {committed, attended}, "go-on 4 fence+pre-hook..done"},
    {"the epoch stays, whatever grew meanwhile",
     {committed, journal_epoch(9), record_epoch(9)},
     "go-on 4 fence+pre-hook..done"},
    {"the backup was accepted before", {committed, backup_is(std::nullopt)}, "go-on 4 fence+pre-hook..done"},
    {"the backup is too old by now", {committed, backup_age(days(8))}, "go-on 4 fence+pre-hook..done"},
    {"half a restore since", {committed, restoring(true)}, "stop 4 restore:refused"},
    {"a restore begun nobody knows whether", {committed, restoring(fail(ErrorKind::io, "EIO"))}, "stop 4 restore:io"},
    {"the arbiter allows nothing unattended any more", {committed, not_unattended}, "stop 4 one-winner:refused"},
    {"a rival wrote our number into DNS",
     {committed, at({"192.0.2.3"}), marked(mark(4, "c"))},
     "stop 4 superseded:refused"},
    {"this host was fenced by that very number", {committed, role("fenced", 4)}, "stop 4 superseded:refused"},
    {"this host was fenced by an older one", {committed, role("fenced", 3)}, "go-on 4 fence+pre-hook..done"},
    {"this host was fenced by a newer one", {committed, role("fenced", 5)}, "stop 4 superseded:refused"},
    {"this host became a standby of a newer one", {committed, role("standby", 5)}, "stop 4 superseded:refused"},
    {"this host has the role already", {committed, role("active", 4)}, "go-on 4 fence+pre-hook..done"},
    {"a third may be serving on record", {committed, active_is("b"), probe_of_c}, "go-on 4 fence+pre-hook..done"},
    {"the fences cannot be confirmed again", {committed, fencers({power(mute)})}, "stop 4 fence-first:refused"},
    {"a second node appeared, which is healthy", {committed, second_node, node_is(up, 1)}, "stop 4 healthy:refused"},
};

const Change cannot_give_back = fencers({service(says_on, false)});

const std::vector<Row> switchovers{
    {"planned: the active serves", {planned}, "go 4 check..done"},
    {"planned, a person is there", {planned, attended}, "go 4 check..done"},
    {"planned, the backup is too old: a fresh one is brought", {planned, backup_age(days(8))}, "stop 4 backup:refused"},
    {"planned, but nobody serves", {planned, node_is(down)}, "stop 4 switchover:refused"},
    {"planned, but the active is unknown",
     {planned, node_is(unknown)},
     "stop 4 unknown-is-not-down:refused switchover:refused"},
    {"planned, but two serve",
     {planned, second_node, node_is(up, 1), fencers({service(says_on)}, 1)},
     "stop 4 switchover:refused"},
    {"planned, and a third is dead", {planned, second_node}, "go 4 check..done"},
    {"planned, and a third is unknown",
     {planned, second_node, node_is(unknown, 1)},
     "stop 4 unknown-is-not-down:refused"},
    {"planned, and a dead third has no fencer", {planned, second_node, fencers({}, 1)}, "stop 4 fence-first:refused"},
    {"planned, but only its power could be taken", {planned, fencers({power(says_on)})}, "stop 4 switchover:refused"},
    {"planned, power as well", {planned, fencers({power(says_on), service(says_on)})}, "go 4 check..done"},
    {"planned, but it could not be told to start again", {planned, cannot_give_back}, "stop 4 switchover:refused"},
    {"planned, but its service fencer does not answer",
     {planned, fencers({service(mute), power(says_on)})},
     "stop 4 switchover:refused w1"},
    {"planned, and a power that gives back is no service",
     {planned, fencers({FencerFacts{"pdu (power)", FenceKind::power, says_on, true}})},
     "stop 4 switchover:refused"},
    {"planned, but there is no other node", {planned, no_other_node}, "stop 4 nodes:config"},
    {"planned, and the probe asks this very host",
     {planned,
      [](S&, F& f) { f.peers[0].observations = {seen("sip://pbx", fail(ErrorKind::refused, "own address"))}; }},
     "stop 4 own-address:config"},
    {"planned, with a probe never seen up",
     {planned, never_up(std::vector<std::string>{"sip://a"})},
     "go 4 check..done"},
    {"planned, and the arbiter does not answer",
     {planned, record_unread(ErrorKind::timeout)},
     "stop 4 one-winner:timeout"},
    {"planned, and another promotes", {planned, promoting("c")}, "stop 4 one-winner:refused"},
    {"planned, behind the commit: the old host is off",
     {planned, committed, node_is(down)},
     "go-on 4 fence+pre-hook..done"},
    {"not planned: one that serves stops it", {fencers({service(says_on)}), node_is(up)}, "stop 4 healthy:refused"},
    {"given back: the mark is newer, the name the old one's",
     {ended("withdrawn", minutes(20)), marked(mark(5, "a"))},
     "go 6 check..done"},
    {"given back a minute ago: nobody takes it again at once",
     {ended("withdrawn"), marked_ago(minutes(1))},
     "stop 5 quiet-time:refused"},
    {"rejoined: a standby of the newer epoch may promote again",
     {role("standby", 6), active_is("a"), record_epoch(6)},
     "go 7 check..done"},
    {"rejoined after having been active",
     {ended("done", days(2)), role("standby", 5), marked(mark(5, "a")), active_is("a"), record_epoch(5)},
     "go 6 check..done"},
    {"rejoined, and planned back",
     {planned, ended("done", days(2)), role("standby", 5), marked(mark(5, "a")), active_is("a"), record_epoch(5)},
     "go 6 check..done"},
};

}  // namespace

TEST_CASE("golden table: again, on the host that is active") {
  check(active);
}
TEST_CASE("golden table: again, after runs that ended or stopped before the commit") {
  check(earlier_runs);
}
TEST_CASE("golden table: resume behind the commit") {
  check(resumed);
}
TEST_CASE("golden table: switchover, give-back and rejoin") {
  check(switchovers);
}
