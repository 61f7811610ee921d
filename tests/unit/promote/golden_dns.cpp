#include <chrono>
#include <optional>
#include <string>
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

const std::string old_one = "192.0.2.1";
const std::string new_one = "192.0.2.2";
const std::string stranger = "192.0.2.99";

/// The dns step of epoch 4 is open.
const Change at_dns = open_at(P::dns, {P::commit, P::pre_hook, P::start, P::self_probe});

const std::vector<Row> a_new_run{
    {"no view", {no_view}, "stop 1 dns:config"},
    {"the old address", {at({old_one})}, "go 4 check..done"},
    {"the new address already", {at({new_one})}, "go 4 check..done"},
    {"a stranger's address", {at({stranger})}, "stop 4 dns:refused"},
    {"a stranger's address, a person is there", {attended, at({stranger})}, "stop 4 dns:refused"},
    {"both addresses", {at({old_one, new_one})}, "stop 4 dns:refused"},
    {"the old address and a stranger's", {at({old_one, stranger})}, "stop 4 dns:refused"},
    {"no address", {at({})}, "stop 4 dns:refused"},
    {"no address and no mark", {at({}), marked(std::nullopt)}, "stop 1 dns:refused"},
    {"the new address without a mark", {at({new_one}), marked(std::nullopt)}, "go 1 check..done"},
    {"no new address is known", {new_set({})}, "stop 4 dns:config"},
    {"the name server does not answer", {view_unread(ErrorKind::timeout)}, "stop 1 dns:timeout"},
    {"the name server refuses", {view_unread(ErrorKind::unreachable)}, "stop 1 dns:unreachable"},
    {"the answer is not understood", {view_unread(ErrorKind::protocol)}, "stop 1 dns:protocol"},
    {"the key is wrong", {no_access(ErrorKind::permission)}, "stop 4 dns:permission"},
    {"the right to write cannot be proven", {no_access(ErrorKind::timeout)}, "stop 4 dns:timeout"},
    {"a wrong key and a stranger's address",
     {no_access(ErrorKind::permission), at({stranger})},
     "stop 4 dns:permission dns:refused"},
    {"old addresses of both families, in any order",
     {old_sets({{"2001:db8::1", old_one}}), at({old_one, "2001:db8::1"})},
     "go 4 check..done"},
    {"only one of the old addresses", {old_sets({{"2001:db8::1", old_one}}), at({old_one})}, "stop 4 dns:refused"},
    {"the address of the second of two old nodes",
     {old_sets({{old_one}, {"192.0.2.3"}}), at({"192.0.2.3"})},
     "go 4 check..done"},
    {"the addresses of two old nodes at once",
     {old_sets({{old_one}, {"192.0.2.3"}}), at({old_one, "192.0.2.3"})},
     "stop 4 dns:refused"},
    {"no old address is known", {old_sets({})}, "stop 4 dns:refused"},
    {"an empty set is no old address", {old_sets({{}}), at({})}, "stop 4 dns:refused"},
    {"the mark lives apart", {mark_apart}, "go 4 check..done"},
    {"the claim is written as the mark", {claim_is_mark}, "go 4 check..done"},
    {"the second view is as the first", {second_view({old_one}, mark(3, "a"))}, "go 4 check..done"},
    {"the second view is moved already", {second_view({new_one}, mark(3, "a"))}, "go 4 check..done"},
    {"the second view is a stranger's", {second_view({stranger}, mark(3, "a"))}, "stop 4 dns:refused"},
    {"the second view cannot be read",
     {second_view({}, std::nullopt), view_unread(ErrorKind::unreachable, 1)},
     "stop 4 dns:unreachable"},
    {"the second view may not be written",
     {second_view({old_one}, std::nullopt), no_access(ErrorKind::permission, 1)},
     "stop 4 dns:permission"},
    {"an alias for the old host", {hosts({"a.example"}, false)}, "go 4 check..done"},
    {"an alias for the new host", {hosts({"b.example"}, false)}, "go 4 check..done"},
    {"an alias for a stranger", {hosts({"c.example"}, false)}, "stop 4 dns:refused"},
    {"SRV records of the old host and another site's", {hosts({"a.example", "c.example"}, true)}, "go 4 check..done"},
    {"SRV records of both hosts", {hosts({"a.example", "b.example"}, true)}, "stop 4 dns:refused"},
    {"SRV records of strangers", {hosts({"c.example", "d.example"}, true)}, "stop 4 dns:refused"},
};

/// Step 8: what the primary holds, and whose mark, when this host has epoch 4.
const std::vector<Row> the_open_step{
    {"old, no mark", {at_dns, at({old_one}), marked(std::nullopt)}, "go-on 4 fence+dns..done"},
    {"old, an older mark", {at_dns, at({old_one}), marked(mark(3, "a"))}, "go-on 4 fence+dns..done"},
    {"old, our mark: another hand", {at_dns, at({old_one}), marked(mark(4, "b"))}, "stop 4 dns:refused"},
    {"old, a rival's mark of our number", {at_dns, at({old_one}), marked(mark(4, "c"))}, "stop 4 superseded:refused"},
    {"old, a newer mark", {at_dns, at({old_one}), marked(mark(5, "a"))}, "stop 4 superseded:refused"},
    {"old, a newer mark of our own", {at_dns, at({old_one}), marked(mark(5, "b"))}, "stop 4 superseded:refused"},
    {"new, no mark", {at_dns, at({new_one}), marked(std::nullopt)}, "go-on 4 fence+dns..done"},
    {"new, an older mark", {at_dns, at({new_one}), marked(mark(3, "a"))}, "go-on 4 fence+dns..done"},
    {"new, our mark: done there", {at_dns, at({new_one}), marked(mark(4, "b"))}, "go-on 4 fence+dns..done"},
    {"new, a rival's mark of our number", {at_dns, at({new_one}), marked(mark(4, "c"))}, "stop 4 superseded:refused"},
    {"new, a newer mark", {at_dns, at({new_one}), marked(mark(5, "c"))}, "stop 4 superseded:refused"},
    {"strange, no mark", {at_dns, at({stranger}), marked(std::nullopt)}, "stop 4 dns:refused"},
    {"strange, an older mark", {at_dns, at({stranger}), marked(mark(3, "a"))}, "stop 4 dns:refused"},
    {"strange, our mark", {at_dns, at({stranger}), marked(mark(4, "b"))}, "stop 4 dns:refused"},
    {"strange, a newer mark", {at_dns, at({stranger}), marked(mark(5, "c"))}, "stop 4 superseded:refused"},
    {"none, no mark", {at_dns, at({}), marked(std::nullopt)}, "stop 4 dns:refused"},
    {"none, our mark", {at_dns, at({}), marked(mark(4, "b"))}, "stop 4 dns:refused"},
    {"none, a newer mark", {at_dns, at({}), marked(mark(5, "c"))}, "stop 4 superseded:refused"},
    {"both, our mark", {at_dns, at({old_one, new_one}), marked(mark(4, "b"))}, "stop 4 dns:refused"},
    {"apart: old, our mark", {at_dns, mark_apart, at({old_one}), marked(mark(4, "b"))}, "go-on 4 fence+dns..done"},
    {"apart: new, our mark", {at_dns, mark_apart, at({new_one}), marked(mark(4, "b"))}, "go-on 4 fence+dns..done"},
    {"apart: strange, our mark", {at_dns, mark_apart, at({stranger}), marked(mark(4, "b"))}, "stop 4 dns:refused"},
    {"apart: old, a newer mark",
     {at_dns, mark_apart, at({old_one}), marked(mark(5, "c"))},
     "stop 4 superseded:refused"},
    {"claimed: old, our mark", {at_dns, claim_is_mark, at({old_one}), marked(mark(4, "b"))}, "go-on 4 fence+dns..done"},
    {"claimed: strange, our mark", {at_dns, claim_is_mark, at({stranger}), marked(mark(4, "b"))}, "stop 4 dns:refused"},
    {"claimed: old, another's claim since",
     {at_dns, claim_is_mark, at({old_one}), marked(mark(5, "c"))},
     "stop 4 superseded:refused"},
    {"one view done, one to do",
     {at_dns, at({new_one}), marked(mark(4, "b")), second_view({old_one}, mark(3, "a"))},
     "go-on 4 fence+dns..done"},
    {"one view done, one superseded",
     {at_dns, at({new_one}), marked(mark(4, "b")), second_view({old_one}, mark(5, "c"))},
     "stop 4 superseded:refused"},
    {"one view done, one strange",
     {at_dns, at({new_one}), marked(mark(4, "b")), second_view({stranger}, mark(3, "a"))},
     "stop 4 dns:refused"},
    {"one view done, one unread",
     {at_dns, at({new_one}), marked(mark(4, "b")), second_view({}, std::nullopt), view_unread(ErrorKind::timeout, 1)},
     "stop 4 dns:timeout"},
    {"SRV: the new host's, our mark",
     {at_dns, hosts({"b.example", "c.example"}, true), marked(mark(4, "b"))},
     "go-on 4 fence+dns..done"},
    {"SRV: both hosts', our mark",
     {at_dns, hosts({"a.example", "b.example"}, true), marked(mark(4, "b"))},
     "stop 4 dns:refused"},
    {"SRV: both hosts', the claim written before them",
     {at_dns, claim_is_mark, hosts({"a.example", "b.example"}, true), marked(mark(4, "b"))},
     "stop 4 dns:refused"},
};

}  // namespace

TEST_CASE("golden table: DNS before a run") {
  check(a_new_run);
}
TEST_CASE("golden table: DNS at the open step of a run") {
  check(the_open_step);
}
