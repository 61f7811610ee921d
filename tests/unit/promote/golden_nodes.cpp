#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>
#include <failover/watch.hpp>

#include "support/catch.hpp"
#include "unit/promote/facts.hpp"
#include "unit/promote/golden.hpp"

using namespace failover;
using namespace failover::promote_test;
using namespace failover::promote_test::golden;

namespace {

const Result<std::vector<NodeObservation>> store_unread = fail(ErrorKind::unreachable, "no answer");
const Result<std::vector<std::string>> memory_unread = fail(ErrorKind::integrity, "damaged");
using Seen = std::vector<NodeObservation>;
using Names = std::vector<std::string>;

const Change asks_this_host = [](S&, F& f) {
  f.peers[0].observations = {seen("sip://pbx", fail(ErrorKind::refused, "own address"))};
};
const Change probe_unknown = [](S&, F& f) { f.peers[0].observations = {seen("sip://pbx", unknown)}; };
const Change quorum_of_three = [](S& s, F&) { s.observer_policy.quorum = 3; };
const Change an_hour_is_fresh = [](S& s, F&) { s.observer_policy.max_age = hours(1); };

const std::vector<Row> is_it_us{
    {"references down", {references({down, down})}, "stop 4 isolation:refused"},
    {"references unknown", {references({unknown, unknown})}, "stop 4 isolation:refused"},
    {"references down and unknown", {references({down, unknown})}, "stop 4 isolation:refused"},
    {"references down, a person is there", {attended, references({down, down})}, "stop 4 isolation:refused"},
    {"references down, planned", {planned, references({down, down})}, "stop 4 isolation:refused"},
    {"the first reference up", {references({up, down})}, "go 4 check..done"},
    {"the second reference up", {references({unknown, up})}, "go 4 check..done"},
    {"two references on one host", {independent(1)}, "stop 4 isolation:refused"},
    {"references on the gateway only", {independent(0)}, "stop 4 isolation:refused"},
    {"one independent reference, a person is there", {attended, independent(1)}, "go 4 check..done"},
    {"no references", {no_references}, "stop 4 isolation:refused"},
    {"no references, a person is there", {attended, no_references}, "go 4 check..done w1"},
    {"cut off, and the other node unknown with it",
     {references({down, down}), node_is(unknown)},
     "stop 4 isolation:refused unknown-is-not-down:refused"},
    {"behind the commit, cut off", {committed, references({down, down})}, "stop 4 isolation:refused"},
};

const std::vector<Row> other_nodes{
    {"the old active is healthy", {node_is(up)}, "stop 4 healthy:refused"},
    {"healthy, and a person sits there", {attended, node_is(up)}, "stop 4 healthy:refused"},
    {"unknown", {node_is(unknown)}, "stop 4 unknown-is-not-down:refused"},
    {"unknown, and a person sits there", {attended, node_is(unknown)}, "stop 4 unknown-is-not-down:refused"},
    {"unknown, and believed to have been up", {assume_was_up, node_is(unknown)}, "stop 4 unknown-is-not-down:refused"},
    {"no other node", {no_other_node}, "stop 4 nodes:config"},
    {"no other node, a person is there", {attended, no_other_node}, "stop 4 nodes:config"},
    {"the probe asks this very host", {asks_this_host}, "stop 4 own-address:config"},
    {"the probe asks this very host, which is up", {asks_this_host, node_is(up)}, "stop 4 own-address:config"},
    {"a probe that failed otherwise asks nobody's own address", {probe_unknown}, "go 4 check..done"},
    {"two nodes, both dead", {second_node}, "go 4 check..done"},
    {"two nodes, the second is healthy", {second_node, node_is(up, 1)}, "stop 4 healthy:refused"},
    {"two nodes, the second is unknown", {second_node, node_is(unknown, 1)}, "stop 4 unknown-is-not-down:refused"},
    {"two nodes, one healthy, one unknown",
     {second_node, node_is(up), node_is(unknown, 1)},
     "stop 4 healthy:refused unknown-is-not-down:refused"},
    {"a probe never seen up", {never_up(Names{"sip://a"})}, "stop 4 isolation:refused"},
    {"a probe never seen up, a person is there", {attended, never_up(Names{"sip://a"})}, "go 4 check..done w1"},
    {"a probe never seen up, believed", {assume_was_up, never_up(Names{"sip://a"})}, "go 4 check..done"},
    {"a probe of the second node never seen up",
     {second_node, never_up(Names{"sip://c"}, 1)},
     "stop 4 isolation:refused"},
    {"what was seen up cannot be read", {never_up(memory_unread)}, "stop 4 isolation:integrity"},
    {"what was seen up cannot be read, a person is there",
     {attended, never_up(memory_unread)},
     "stop 4 isolation:integrity"},
    {"a healthy node needs no memory", {node_is(up), never_up(Names{"sip://a"})}, "stop 4 healthy:refused"},
    {"behind the commit the memory is not asked", {committed, never_up(memory_unread)}, "go-on 4 fence+pre-hook..done"},
    {"behind the commit the old active answers again", {committed, node_is(up)}, "stop 4 healthy:refused"},
    {"behind the commit the old active is unknown",
     {committed, node_is(unknown)},
     "stop 4 unknown-is-not-down:refused"},
};

const std::vector<Row> fencing{
    {"no fencer", {fencers({})}, "stop 4 fence-first:refused"},
    {"no fencer, a person is there", {attended, fencers({})}, "stop 4 fence-first:refused"},
    {"no fencer, behind the commit", {committed, fencers({})}, "stop 4 fence-first:refused"},
    {"the second node has no fencer", {second_node, fencers({}, 1)}, "stop 4 fence-first:refused"},
    {"power that says on", {fencers({power(says_on)})}, "go 4 check..done"},
    {"power that already says off", {fencers({power(says_off)})}, "go 4 check..done"},
    {"power that does not answer", {fencers({power(mute)})}, "stop 4 fence-first:refused"},
    {"power that does not answer, a person is there", {attended, fencers({power(mute)})}, "stop 4 fence-first:refused"},
    {"service that says on", {fencers({service(says_on)})}, "go 4 check..done"},
    {"service that already says off", {fencers({service(says_off)})}, "go 4 check..done"},
    {"service that does not answer", {fencers({service(mute)})}, "stop 4 fence-first:refused"},
    {"service, and nobody could give back: a failover needs none",
     {fencers({service(says_on, false)})},
     "go 4 check..done"},
    {"power and service", {fencers({power(says_on), service(says_on)})}, "go 4 check..done"},
    {"power, and a service that does not answer", {fencers({power(says_on), service(mute)})}, "go 4 check..done w1"},
    {"a service, and a power that does not answer", {fencers({power(mute), service(says_on)})}, "go 4 check..done w1"},
    {"neither power nor service answers", {fencers({power(mute), service(mute)})}, "stop 4 fence-first:refused"},
    {"the operator's word was given", {fencers({person(says_off)})}, "go 4 check..done"},
    {"the operator gave no word", {fencers({person(mute)})}, "stop 4 fence-first:refused"},
    {"the operator will be asked", {attended, fencers({person(mute)})}, "go 4 check..done"},
    {"power does not answer, the operator gave no word",
     {fencers({power(mute), person(mute)})},
     "stop 4 fence-first:refused"},
    {"power does not answer, the operator will be asked",
     {attended, fencers({power(mute), person(mute)})},
     "go 4 check..done"},
    {"power answers, the operator need not be asked",
     {attended, fencers({power(says_on), person(mute)})},
     "go 4 check..done w1"},
    {"each node has its own fault",
     {second_node, fencers({power(mute)}), fencers({service(mute)}, 1)},
     "stop 4 fence-first:refused fence-first:refused"},
};

const std::vector<Row> claims{
    {"unattended, and the arbiter does not allow it", {not_unattended}, "stop 4 one-winner:refused"},
    {"attended, and the arbiter does not allow unattended", {attended, not_unattended}, "go 4 check..done"},
    {"an empty record is never free", {record_unread(ErrorKind::not_found)}, "stop 4 one-winner:refused"},
    {"an empty record, a person is there",
     {attended, record_unread(ErrorKind::not_found)},
     "stop 4 one-winner:refused"},
    {"the arbiter does not answer", {record_unread(ErrorKind::timeout)}, "stop 4 one-winner:timeout"},
    {"the arbiter cannot be reached", {record_unread(ErrorKind::unreachable)}, "stop 4 one-winner:unreachable"},
    {"a record that is not understood", {record_unread(ErrorKind::protocol)}, "stop 4 one-winner:protocol"},
    {"the arbiter does not let us in", {record_unread(ErrorKind::permission)}, "stop 4 one-winner:permission"},
    {"the old active is on record", {active_is("a")}, "go 4 check..done"},
    {"a third node is on record", {active_is("c")}, "go 4 check..done"},
    {"this host is on record, but never ended a promotion", {active_is("b")}, "go 4 check..done"},
    {"another promotes", {promoting("c")}, "stop 4 one-winner:refused"},
    {"the old active promotes", {promoting("a")}, "stop 4 one-winner:refused"},
    {"another promotes, a person is there", {attended, promoting("c")}, "stop 4 one-winner:refused"},
    {"another's claim that a person may overrule, nobody is there",
     {promoting("c", true)},
     "stop 4 one-winner:refused"},
    {"another's claim that a person may overrule, a person is there",
     {attended, promoting("c", true)},
     "go 4 check..done w1"},
    {"the own claim still stands", {promoting("b")}, "go 4 check..done"},
    {"the own claim of an interrupted run", {open_at(P::fence, {}), promoting("b")}, "go 5 check..done"},
    {"an interrupted run, and another promotes", {open_at(P::fence, {}), promoting("c")}, "stop 5 one-winner:refused"},
    {"behind the commit this host is on record", {committed, active_is("b")}, "go-on 4 fence+pre-hook..done"},
    {"behind the commit nobody is on record", {committed}, "go-on 4 fence+pre-hook..done"},
    {"behind the commit another is on record", {committed, active_is("c")}, "stop 4 superseded:refused"},
    {"behind the commit the old active is on record", {committed, active_is("a")}, "stop 4 superseded:refused"},
    {"behind the commit another promotes", {committed, promoting("c")}, "stop 4 one-winner:refused"},
    {"behind the commit the record is gone",
     {committed, record_unread(ErrorKind::not_found)},
     "stop 4 one-winner:refused"},
};

const std::vector<Row> observers{
    {"another sees down, too", {others_see(Seen{sees("c", down)})}, "go 4 check..done"},
    {"another sees up", {others_see(Seen{sees("c", up)})}, "stop 4 observers:refused"},
    {"two others see up", {others_see(Seen{sees("c", up), sees("d", up)})}, "stop 4 observers:refused"},
    {"nobody else says anything", {others_see(Seen{})}, "stop 4 observers:refused"},
    {"another does not know", {others_see(Seen{sees("c", unknown)})}, "stop 4 observers:refused"},
    {"another said down as long ago as counts", {others_see(Seen{sees("c", down, seconds(90))})}, "go 4 check..done"},
    {"another said down too long ago", {others_see(Seen{sees("c", down, seconds(91))})}, "stop 4 observers:refused"},
    {"what counts is an hour", {an_hour_is_fresh, others_see(Seen{sees("c", down, seconds(91))})}, "go 4 check..done"},
    {"another said down, nobody knows when",
     {others_see(Seen{sees("c", down, std::nullopt)})},
     "stop 4 observers:refused"},
    {"our own watch counts once, not twice", {others_see(Seen{sees("b", down)})}, "stop 4 observers:refused"},
    {"our own watch said up before this look", {others_see(Seen{sees("b", up), sees("c", down)})}, "go 4 check..done"},
    {"the active says that it serves", {others_see(Seen{serves("a"), sees("c", down)})}, "stop 4 observers:refused"},
    {"the active said that it serves too long ago",
     {others_see(Seen{serves("a", seconds(91)), sees("c", down)})},
     "go 4 check..done"},
    {"the active said that it serves, nobody knows when",
     {others_see(Seen{serves("a", std::nullopt), sees("c", down)})},
     "stop 4 observers:refused"},
    {"this host said that it serves, when it was the active",
     {others_see(Seen{serves("b"), sees("c", down)})},
     "go 4 check..done"},
    {"three must agree, and two do", {quorum_of_three, others_see(Seen{sees("c", down)})}, "stop 4 observers:refused"},
    {"three must agree, and do",
     {quorum_of_three, others_see(Seen{sees("c", down), sees("d", down)})},
     "go 4 check..done"},
    {"the store cannot be read", {others_see(store_unread)}, "stop 4 observers:refused"},
    {"the store cannot be read, a person is there", {attended, others_see(store_unread)}, "stop 4 observers:refused"},
    {"the first of two stores says up",
     {others_see(Seen{sees("c", up)}), others_see(Seen{sees("c", down)})},
     "stop 4 observers:refused"},
    {"the second of two stores cannot be read",
     {others_see(Seen{sees("c", down)}), others_see(store_unread)},
     "stop 4 observers:refused"},
    {"our own look is unknown: the others' down is no quorum",
     {node_is(unknown), others_see(Seen{sees("c", down)})},
     "stop 4 observers:refused unknown-is-not-down:refused"},
    {"of two nodes one answers us",
     {second_node, node_is(up, 1), others_see(Seen{sees("d", down)})},
     "stop 4 observers:refused healthy:refused"},
    {"planned: they see the active serve", {planned, others_see(Seen{sees("c", up)})}, "go 4 check..done"},
    {"behind the commit it is this host that they see",
     {committed, others_see(Seen{sees("c", up), serves("b")})},
     "go-on 4 fence+pre-hook..done"},
};

}  // namespace

TEST_CASE("golden table: isolation") {
  check(is_it_us);
}
TEST_CASE("golden table: unknown-is-not-down, and what was never seen up") {
  check(other_nodes);
}
TEST_CASE("golden table: fence-first") {
  check(fencing);
}
TEST_CASE("golden table: one-winner, the claims of others and the record") {
  check(claims);
}
TEST_CASE("golden table: observers") {
  check(observers);
}
