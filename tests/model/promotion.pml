/* Who may serve: the promotion protocol (ARCHITECTURE.md), searched by spin for any way to two serving hosts.

   Host 0 is the active one; every other host is a standby that promotes itself whenever it sees nobody serve. Hosts
   lose power and boot again, services crash, hosts are cut off from each other while callers still reach them, programs
   die or stand still between a check and the act that follows it, leases end, the arbiter is wiped and adopted anew,
   fence devices fail before or after they acted, a name server does an update long after it was sent.

   atomic is here what is atomic in reality: one transaction of the arbiter, one update of the name server, one act of a
   fence device, one system call. Between two of them everybody else may run.

   -DIN_DNS: the arbiter is the mark in DNS. There is no lock and no lease: a claim stands until a later one, and the record
   travels with the mark, so that the update which moves the address demands the record as the claim left it.

   -DWITHOUT_X leaves a rule of the protocol out; tests/model/rules.py says which of them spin must find guilty. */

#ifndef STANDBYS
#define STANDBYS 2
#endif
#ifndef FAULTS
#define FAULTS 3   /* how many things go wrong in all */
#endif
#ifndef BOOTS
#define BOOTS 1    /* how often a host without power gets it back */
#endif
#ifndef CLAIMS
#define CLAIMS 3   /* how many promotions are tried in all */
#endif

/* -DBY_POWER=MASK: whose fence devices are of kind power, a bit for each host; both kinds are tried unless it is given. */

#define HOSTS (STANDBYS + 1)
#define NOBODY 7
#define only(h) (1 << (h))

/* The arbiter's record; each access is one linearizable transaction. */
bool recorded = true;
byte lock = NOBODY;
byte epoch = 1;
byte claimant = 0;      /* whose epoch it is: two records of different lives of the arbiter may hold the same number */
byte maybe = only(0);   /* every host that may be serving */
byte holder = 0;

/* The mark in DNS, and updates on their way to it: compare with `sent_from`, set to `sent_to`. */
byte dns_epoch = 1;
bool sent[HOSTS];
byte sent_from[HOSTS];
byte sent_to[HOSTS];

bool powered[HOSTS];
bool serving[HOSTS];
bool starting[HOSTS];      /* the guard has passed, the service is on its way up */
bool masked[HOSTS];        /* its unit cannot be started */
bool note[HOSTS];          /* the guard's note in /run */
byte fenced_at[HOSTS];     /* role file: fenced with this epoch; 0 = not */
byte journal[HOSTS];       /* the largest epoch of its own promotions */
bool committed[HOSTS];     /* its journal says that this one was committed */
bool killed[HOSTS];        /* its fo-promote ends at once */
bool cut[HOSTS];           /* from every other host and the arbiter, not from the callers */
bool by_power[HOSTS];      /* its fence device is of kind power, else service */

byte faults = 0;
byte boots = 0;
byte claims = 0;
byte last_commit = 1;

#if STANDBYS == 1
#define number_serving (serving[0] + serving[1])
#elif STANDBYS == 2
#define number_serving (serving[0] + serving[1] + serving[2])
#else
#define number_serving (serving[0] + serving[1] + serving[2] + serving[3])
#endif

#define visible(from, h) (serving[h] && !cut[h] && !cut[from])

inline lose_power(h) {
  powered[h] = false; serving[h] = false; starting[h] = false; killed[h] = true;
#ifndef WITHOUT_BOOT_ID
  note[h] = false
#endif
}

#ifdef IN_DNS
#define free_to_claim true
#define lock_of(h) true
#define take_lock(h) skip
#else
#define free_to_claim (lock == NOBODY)
#define lock_of(h) (lock == (h))
#define take_lock(h) lock = h
#endif

#ifdef WITHOUT_MAYBE_IN_GUARD
#define record_allows(h) (recorded && holder == (h))
#else
#define record_allows(h) (recorded && holder == (h) && maybe == only(h) && (lock == NOBODY || lock == (h)))
#endif
#ifdef WITHOUT_MISSING_IS_NOT_FREE
#define reading_allows(h) (!recorded || record_allows(h))
#else
#define reading_allows(h) record_allows(h)
#endif
#ifdef WITHOUT_FAILED_READ_IS_NO
#define guard_allows(h) (cut[h] || reading_allows(h))
#else
#define guard_allows(h) ((cut[h] && note[h]) || (!cut[h] && reading_allows(h)))
#endif

/* The unit of the PBX. systemd starts it whenever it may: at boot, after a crash, on somebody's word. */
proctype unit(byte me) {
  do
  :: atomic { powered[me] && !serving[me] && !starting[me] && !masked[me] && guard_allows(me) ->
       starting[me] = true;
       note[me] = note[me] || !cut[me] }
  :: atomic { starting[me] -> starting[me] = false; serving[me] = true; assert(number_serving <= 1) }
  od
}

/* Kind service, on the target itself: the host lock ends its fo-promote; then the role, the note, stop, mask. */
inline fence_service(h, with_epoch, whole) {
#ifndef WITHOUT_HOST_LOCK
  killed[h] = true;
#endif
  fenced_at[h] = with_epoch;
#ifndef WITHOUT_NOTE_REMOVAL
  note[h] = false;
#endif
  if
  :: whole -> serving[h] = false; starting[h] = false;
#ifndef WITHOUT_MASK
     masked[h] = true
#endif
  :: else
  fi
}

#define can_fence_service(h, with_epoch) (!by_power[h] && powered[h] && !cut[h] && fenced_at[h] <= (with_epoch))

/* One act, which may fail before it or after it; only `ok` says that the host is confirmed off. */
inline fence(h, with_epoch, ok) {
  if
  :: by_power[h] -> lose_power(h); ok = true
  :: by_power[h] -> lose_power(h); ok = false
  :: can_fence_service(h, with_epoch) -> fence_service(h, with_epoch, true); ok = true
  :: can_fence_service(h, with_epoch) -> fence_service(h, with_epoch, false); ok = false
  :: ok = false
  fi;
#ifdef WITHOUT_CONFIRMATION
  ok = true
#endif
}

#ifdef WITHOUT_CLAIMANT
#define epoch_is(me, mine) (recorded && epoch == (mine))
#else
#define epoch_is(me, mine) (recorded && epoch == (mine) && claimant == (me))
#endif
#define claim_stands(me, mine) (lock_of(me) && epoch_is(me, mine))

proctype standby(byte me) {
  byte mine;
  byte target;
  byte seen;
  bool ok;

  do
  :: atomic { killed[me] -> killed[me] = false }
  :: atomic { powered[me] && !killed[me] && !serving[me] && !starting[me] ->
       mine = 0; target = 0; seen = 0; ok = false }
     {
       if
       :: committed[me] ->
            /* resume: the record decides, not the journal alone */
            mine = journal[me];
#ifndef WITHOUT_ASKING_THE_RECORD
            atomic { !cut[me];
              if
              :: holder == me && maybe == only(me) && epoch_is(me, mine)
              :: else -> committed[me] = false; goto over
              fi };
#endif
            goto start
       :: !committed[me] && claims < CLAIMS && fenced_at[me] == 0
       fi;

       /* observe: whoever serves visibly stops it */
       atomic { !cut[me];
         target = 0;
         do
         :: target < HOSTS && target != me && visible(me, target) -> goto over
         :: target < HOSTS && !(target != me && visible(me, target)) -> target++
         :: target == HOSTS -> break
         od };

#ifdef WITHOUT_CLAIM_AS_TRANSACTION
       atomic { !cut[me] && recorded && free_to_claim && epoch >= dns_epoch && epoch >= journal[me];
         mine = epoch + 1; seen = maybe };
       atomic { !cut[me]; take_lock(me); epoch = mine; claimant = me; maybe = seen | only(me); journal[me] = mine; claims++ };
#else
       atomic { !cut[me];
         if
#ifdef WITHOUT_MISSING_IS_NOT_FREE
         :: !recorded -> recorded = true; maybe = 0; epoch = dns_epoch
#endif
#ifdef WITHOUT_WIPED_IS_REFUSED
         :: recorded && free_to_claim
#else
         :: recorded && free_to_claim && epoch >= dns_epoch && epoch >= journal[me]
#endif
         :: else -> goto over
         fi;
#ifdef WITHOUT_FENCING_THE_CLAIMANT
         maybe = maybe & ~only(claimant);
#endif
         mine = epoch + 1; take_lock(me); epoch = mine; claimant = me; journal[me] = mine; claims++;
#ifndef WITHOUT_CLAIMANT_IN_MAYBE
         maybe = maybe | only(me)
#endif
       };
#endif

       target = 0;
       do
       :: target < HOSTS && (target == me || !(maybe & only(target))) -> target++
       :: target < HOSTS && target != me && (maybe & only(target)) ->
            atomic { !cut[me];
#ifndef WITHOUT_RECHECK
              if
              :: !claim_stands(me, mine) || visible(me, target) -> goto stop
              :: else
              fi;
#endif
              /* Property: nobody sets out to fence a host that visibly serves, or without the claim. */
              assert(!visible(me, target) && claim_stands(me, mine)) };
            atomic { fence(target, mine, ok) };
            if
            :: !ok -> goto stop
            :: ok
            fi;
            atomic { !cut[me];
              if
#ifdef WITHOUT_GUARDED_REMOVAL
              :: recorded -> maybe = maybe & ~only(target)
#else
              :: epoch_is(me, mine) -> maybe = maybe & ~only(target)
#endif
              :: else -> goto stop
              fi };
            target++
       :: target == HOSTS -> break
       od;

       atomic { !cut[me];
         if
#ifdef WITHOUT_COMMIT_COMPARE
         :: recorded
#else
         :: maybe == only(me) && epoch_is(me, mine)
#endif
         :: else -> goto stop
         fi;
         holder = me; committed[me] = true;
         /* Property: the epoch never goes back. */
         assert(mine > last_commit); last_commit = mine };

start:
#ifndef WITHOUT_ROLE
       if
       :: fenced_at[me] > mine -> committed[me] = false; goto over
       :: else
       fi;
#endif
       masked[me] = false;
       /* the start hook: whatever it starts need not ask the guard */
       atomic { serving[me] = true; starting[me] = false; assert(number_serving <= 1) };

       /* dns: what it was at the look, and only if it still is that */
       atomic { !cut[me] && !sent[me];
         if
#ifdef IN_DNS
         :: !epoch_is(me, mine) -> goto over
#endif
         :: dns_epoch > mine -> goto over
         :: else -> sent[me] = true; sent_from[me] = dns_epoch; sent_to[me] = mine
         fi };
       if
       :: atomic { !sent[me] ->
#ifdef NOBODY_IS_PROMOTED
            assert(false);
#endif
            skip }
       :: skip   /* no answer came: unfinished */
       fi;

stop:
       /* the claim is given back, if it is still ours; `maybe` keeps who may have been touched */
       if
       :: atomic { !cut[me] && claim_stands(me, mine) -> lock = NOBODY }
       :: atomic { !cut[me] && !claim_stands(me, mine) }
       :: cut[me]
       fi;
over:
       skip
     } unless { killed[me] }
  od
}

proctype name_server() {
  byte h;
  do
  :: atomic {
       if
       :: sent[1] -> h = 1
#if STANDBYS > 1
       :: sent[2] -> h = 2
#endif
#if STANDBYS > 2
       :: sent[3] -> h = 3
#endif
       fi;
       sent[h] = false;
       if
#ifdef WITHOUT_DNS_COMPARE
       :: true ->
#else
#ifdef IN_DNS
       :: epoch_is(h, sent_to[h]) ->
#else
       :: dns_epoch == sent_from[h] ->
#endif
#endif
            assert(sent_to[h] >= dns_epoch); dns_epoch = sent_to[h]
       :: else
       fi;
       h = 0; }
  od
}

/* What befalls one host, and what persons do there. */
proctype fate(byte me) {
  do
  :: atomic { faults < FAULTS && powered[me] -> faults++; lose_power(me) }
  :: atomic { boots < BOOTS && !powered[me] -> boots++; powered[me] = true }
     /* the service dies, fo-promote dies, its lease ends */
  :: atomic { faults < FAULTS && serving[me] -> faults++; serving[me] = false }
  :: atomic { faults < FAULTS && powered[me] && me != 0 && !killed[me] -> faults++; killed[me] = true }
#ifndef IN_DNS
  :: atomic { faults < FAULTS && lock == me -> faults++; lock = NOBODY }
#endif
  :: atomic { faults < FAULTS && !cut[me] -> faults++; cut[me] = true }
  :: atomic { cut[me] -> cut[me] = false }
     /* adopt: on the host that serves, if there is no record */
  :: atomic { !recorded && serving[me] && !cut[me] ->
       recorded = true; holder = me; claimant = me; maybe = only(me); lock = NOBODY;
       epoch = 1 + (dns_epoch > journal[me] -> dns_epoch : journal[me]) }
     /* rejoin: a fenced host becomes a standby of the one that serves */
  :: atomic { fenced_at[me] != 0 && powered[me] && !cut[me] && recorded && holder != me && !(maybe & only(me)) ->
       fenced_at[me] = 0; committed[me] = false }
  od
}

/* Somebody empties the arbiter. */
proctype wiper() {
  atomic { faults < FAULTS && recorded ->
    faults++; recorded = false; lock = NOBODY; maybe = 0; holder = NOBODY; epoch = 0 }
}

init {
  atomic {
    byte h = 0;
    do
    :: h < HOSTS -> powered[h] = true; masked[h] = (h != 0);
#ifdef BY_POWER
       by_power[h] = BY_POWER & only(h);
#else
       if
       :: by_power[h] = true
       :: by_power[h] = false
       fi;
#endif
       h++
    :: else -> break
    od;
    h = 0;
    serving[0] = true; note[0] = true;
    run name_server(); run wiper(); run fate(0); run fate(1);
    run unit(0); run unit(1); run standby(1);
#if STANDBYS > 1
    run fate(2); run unit(2); run standby(2);
#endif
#if STANDBYS > 2
    run fate(3); run unit(3); run standby(3);
#endif
  }
}
