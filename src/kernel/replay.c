/* SPDX-License-Identifier: MIT */
/*
 * --replay: what a recording has enters at the same points again, and what the
 * guest gives is compared with it.
 *
 * Inputs come from the VMM, which runs again: each is held back until the point
 * at which it entered, and time stands still there until it comes. What the VMM
 * answers to a read is replaced by what it answered then. Any other difference
 * is a divergence: it is said once, and the VM is dead from then on. Behind the
 * recording's last line the VM goes on by itself.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/refuse.h"
#include "kernel/record.h"
#include "kernel/replay.h"
#include "kernel/turns-internal.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"

/* Host time for which an input is waited for, unless --idle-wait is longer. */
#define WAIT_MS 10000

/* ---- the lines ----------------------------------------------------------- */

static bool is_input(const struct record_entry *e)
{
	return e->kind <= RECORD_WAKE;
}

const struct record_entry *replay_next_input(struct replay *r)
{
	while (r->input < r->file.nr && !is_input(&r->file.entries[r->input]))
		r->input++;
	return r->input < r->file.nr ? &r->file.entries[r->input] : NULL;
}

static const struct record_entry *next_own(struct replay *r, unsigned int vcpu)
{
	size_t *n = &r->own[vcpu];

	for (; *n < r->file.nr; ++*n) {
		const struct record_entry *e = &r->file.entries[*n];

		if ((e->kind == RECORD_EXIT || e->kind == RECORD_ENTER) &&
		    e->at.owner == (int)vcpu)
			return e;
	}
	return NULL;
}

/* ---- divergence ---------------------------------------------------------- */

static void stop(struct replay *r, struct vm *vm)
{
	r->stopped = true;
	vm_stop(vm);
	pthread_cond_broadcast(&r->deferred.more);
}

static void entry_text(const struct record_entry *e, char *buf, size_t size)
{
	size_t len = record_line_text(e->kind, &e->at, e->what, buf, size);

	buf[len - 1] = '\0';
}

/* @found is at @at, instead of @e, which may be NULL. */
void replay_diverge(struct replay *r, struct vm *vm,
		    const struct record_entry *e, const struct input_point *at,
		    const char *found)
{
	char expected[RECORD_LINE_MAX] = "the end";

	if (r->stopped)
		return;
	if (e)
		entry_text(e, expected, sizeof(expected));
	log_error("replay: diverges at cycle %llu: %s:%u has '%s', but here %s",
		  (unsigned long long)at->cycle, r->path, e ? e->line : 0,
		  expected, found);
	stop(r, vm);
}

/* The same, where what is here would be a line. */
void replay_diverge_line(struct replay *r, struct vm *vm,
			 const struct record_entry *e, enum record_kind kind,
			 const struct input_point *at, const char *what)
{
	char line[RECORD_LINE_MAX], found[RECORD_LINE_MAX + 16];

	line[record_line_text(kind, at, what, line, sizeof(line)) - 1] = '\0';
	snprintf(found, sizeof(found), "is '%s'", line);
	replay_diverge(r, vm, e, at, found);
}

void replay_tell_end(struct replay *r, const struct input_point *at)
{
	if (r->told)
		return;
	r->told = true;
	pthread_cond_broadcast(&r->deferred.more);
	log_info("replay: %s ends at cycle %llu: from here on the VM goes on "
		 "by itself",
		 r->path, (unsigned long long)at->cycle);
}

/* ---- inputs -------------------------------------------------------------- */

uint64_t replay_ms(void)
{
	return host_ns() / 1000000;
}

bool replay_same(const struct record_entry *e, enum record_kind kind,
		 const char *what)
{
	return e->kind == kind && !strcmp(e->what, what);
}

/* Does an input like this come at all? A request that never does would wait
 * for ever, and the VMM with it. */
static bool comes(struct replay *r, enum record_kind kind, const char *what)
{
	if (r->extra == r->input && !strcmp(r->known, what))
		return true;
	for (size_t i = r->input; i < r->file.nr; i++) {
		if (!replay_same(&r->file.entries[i], kind, what))
			continue;
		r->extra = r->input;
		snprintf(r->known, sizeof(r->known), "%s", what);
		return true;
	}
	return false;
}

struct replay *replay_of(struct vm *vm)
{
	return atomic_load_explicit(&vm->record, memory_order_acquire);
}

struct replay *replay_begin(struct vm *vm)
{
	struct replay *r = replay_of(vm);

	if (!r)
		return NULL;
	pthread_mutex_lock(&r->lock);
	if (!r->stopped)
		return r;
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

void replay_end(struct replay *r)
{
	pthread_mutex_unlock(&r->lock);
}

/* Waited for long enough: true if not. */
static bool wait_on(struct replay *r, struct vm *vm,
		    const struct record_entry *e, const struct input_point *at)
{
	uint64_t limit = kernel_clock()->idle_wait_ms;
	uint64_t now = replay_ms();

	if (limit < WAIT_MS)
		limit = WAIT_MS;
	if (r->awaited != r->input + 1) {
		r->awaited = r->input + 1;
		r->since = now;
	}
	if (now - r->since < limit)
		return true;
	replay_diverge(r, vm, e, at, "it did not come");
	return false;
}

/* Is it what @e says, there? Else it waits, unless that is in vain. */
static bool may_enter(struct replay *r, struct vm *vm,
		      const struct record_entry *e, enum record_kind kind,
		      const struct input_point *at, const char *what)
{
	bool here = input_point_equal(&e->at, at);

	if (here && replay_same(e, kind, what))
		return true;
	/* These keep nobody waiting. */
	if (kind == RECORD_IRQFD || kind == RECORD_BACK)
		return false;
	if (!comes(r, kind, what)) {
		replay_diverge_line(r, vm, e, kind, at, what);
		return true;
	}
	return here && !wait_on(r, vm, e, at);
}

static bool hook_admits(struct input_hook *hook, struct vm *vm,
			struct input *input)
{
	struct replay *r = replay_begin(vm);
	enum record_kind kind = (enum record_kind)input->kind;
	const struct record_entry *e;
	char what[RECORD_LINE_MAX / 2];
	bool admitted = true;

	if (!r)
		return true;
	if (input->kind == INPUT_WAKE) {
		admitted = replay_wake_enters(r, input);
		replay_end(r);
		return admitted;
	}
	e = replay_next_input(r);
	record_input_what(input, what, sizeof(what));
	if (!e)
		replay_tell_end(r, &input->at);
	else if (record_is_told(input))
		admitted = may_enter(r, vm, e, kind, &input->at, what);
	replay_end(r);
	return admitted;
}

static void hook_entered(struct input_hook *hook, struct vm *vm,
			 const struct input *input)
{
	struct replay *r = replay_begin(vm);
	const struct record_entry *e;
	char what[RECORD_LINE_MAX / 2];
	struct input then = *input;

	if (!r)
		return;
	if (input->kind == INPUT_WAKE)
		then.wake.fd = replay_recorded_fd(r, input->wake.fd);
	if (input->kind == INPUT_WAKE && input->wake.early) {
		replay_early_entered(r, then.wake.fd);
		replay_end(r);
		return;
	}
	e = record_is_told(input) ? replay_next_input(r) : NULL;
	record_input_what(&then, what, sizeof(what));
	if (e && replay_same(e, (enum record_kind)input->kind, what) &&
	    input_point_equal(&e->at, &input->at))
		r->input++;
	else if (e)
		replay_diverge_line(r, vm, e, (enum record_kind)input->kind,
				    &input->at, what);
	replay_end(r);
}

/* Is it too late for @e? A vCPU that is halted is behind the others, and its
 * turn comes where it is. */
static bool missed(struct vm *vm, const struct record_entry *e,
		   const struct input_point *at)
{
	const unsigned int owner = (unsigned int)e->at.owner;

	if (at->exits > e->at.exits)
		return true;
	if (e->at.owner != INPUT_NOBODY && owner < vm_vcpu_count(vm))
		return vm->vcpus[owner]->turn.local > e->at.cycle;
	return at->cycle > e->at.cycle &&
	       at->cycle - e->at.cycle > 2 * kernel_clock()->quantum;
}

static bool hook_awaits(struct input_hook *hook, struct vm *vm,
			const struct input_point *at)
{
	struct replay *r = replay_begin(vm);
	const struct record_entry *e;
	bool waits = false;

	if (!r)
		return false;
	if (r->nr_early && replay_awaits_early(r)) {
		replay_end(r);
		return true;
	}
	e = replay_next_input(r);
	r->standing = false;
	/* Who is away is the clock's to say, which asks hook_away(). */
	if (e && e->kind != RECORD_AWAY) {
		if (input_point_equal(&e->at, at)) {
			waits = r->standing = wait_on(r, vm, e, at);
			pthread_cond_broadcast(&r->deferred.more);
		} else if (missed(vm, e, at))
			replay_diverge(r, vm, e, at, "the VM is beyond it");
	}
	replay_end(r);
	return waits;
}

static uint64_t hook_stop(struct input_hook *hook, struct vm *vm, int owner)
{
	struct replay *r = replay_begin(vm);
	const struct record_entry *e;
	uint64_t cycle = NO_DEADLINE;

	if (!r)
		return cycle;
	e = replay_next_input(r);
	if (e && e->at.owner == owner)
		cycle = e->at.cycle;
	replay_end(r);
	return cycle;
}

static int hook_away(struct input_hook *hook, struct vm *vm,
		     const struct input_point *at, unsigned int vcpu)
{
	struct replay *r = replay_begin(vm);
	const struct record_entry *e;
	char what[16];
	int away = -1;

	if (!r)
		return -1;
	snprintf(what, sizeof(what), "%u", vcpu);
	e = replay_next_input(r);
	/* It was waited for in vain then, so it is now; else it came. */
	if (e && replay_same(e, RECORD_AWAY, what) &&
	    input_point_equal(&e->at, at))
		away = 1;
	else if (e && wait_on(r, vm, e, at))
		away = 0;
	replay_end(r);
	return away;
}

static bool hook_leaves(struct input_hook *hook, struct vm *vm,
			const struct input_point *at, unsigned int vcpu)
{
	struct replay *r = replay_begin(vm);
	const struct record_entry *e;
	char what[16];
	bool leaves;

	if (!r)
		return false;
	snprintf(what, sizeof(what), "%u", vcpu);
	e = replay_next_input(r);
	leaves = e && replay_same(e, RECORD_AWAY, what) &&
		 input_point_equal(&e->at, at);
	replay_end(r);
	return leaves;
}

/* ---- exits --------------------------------------------------------------- */

static void hook_exit(struct input_hook *hook, struct vcpu *vcpu, long ret)
{
	struct replay *r = replay_begin(vcpu->vm);
	const struct record_entry *e;
	char what[RECORD_LINE_MAX / 2];
	struct input_point at;

	if (!r)
		return;
	/* A signal of the host's changes nothing for the guest. */
	if (ret != -EINTR) {
		e = next_own(r, vcpu->index);
		record_point(vcpu, r->exits[vcpu->index]++, &at);
		record_exit_what(vcpu, ret, what, sizeof(what));
		if (!e)
			replay_tell_end(r, &at);
		else if (replay_same(e, RECORD_EXIT, what) &&
			 input_point_equal(&e->at, &at))
			r->own[vcpu->index]++;
		else
			replay_diverge_line(r, vcpu->vm, e, RECORD_EXIT, &at,
					    what);
	}
	replay_end(r);
}

/* The VMM's answer to a read, which may be its host's time or chance. */
static void answer_replace(struct replay *r, struct vcpu *vcpu,
			   const struct record_entry *e,
			   const struct input_point *at, const char *what)
{
	if (strcmp(e->what, what) && !record_mmio_set(vcpu, e->what)) {
		replay_diverge_line(r, vcpu->vm, e, RECORD_ENTER, at, what);
		return;
	}
	r->own[vcpu->index]++;
	if (!strcmp(e->what, what) || r->replaced)
		return;
	r->replaced = true;
	log_warn("replay: at cycle %llu the VMM answered %s to a read of 0x%llx"
		 ", recorded is %s: the guest gets this, now and wherever they "
		 "differ",
		 (unsigned long long)at->cycle, what,
		 (unsigned long long)vcpu->run->mmio.phys_addr, e->what);
}

static void replay_answer(struct vcpu *vcpu)
{
	struct replay *r = replay_begin(vcpu->vm);
	const struct record_entry *e;
	char what[RECORD_LINE_MAX / 2];
	struct input_point at;

	if (!r)
		return;
	record_point(vcpu, r->exits[vcpu->index], &at);
	record_enter_what(vcpu, what, sizeof(what));
	e = next_own(r, vcpu->index);
	if (!e)
		replay_tell_end(r, &at);
	else if (e->kind == RECORD_ENTER && input_point_equal(&e->at, &at))
		answer_replace(r, vcpu, e, &at, what);
	else
		replay_diverge_line(r, vcpu->vm, e, RECORD_ENTER, &at, what);
	replay_end(r);
}

/* ---- the head ------------------------------------------------------------ */

static bool name_fits(const char *opt, const char *head)
{
	return !strcmp(opt ? opt : "-", head);
}

static int replay_fits(const char *path, const struct record_head *head,
		       const struct kernel_clock_options *opts)
{
	struct record_head now;

	record_head_now(&now, 0);
	if (strcmp(head->arch, now.arch))
		return refuse(EINVAL, FKVM_REPLAY_OTHER,
			      "%s: recorded with arch %s, not %s", path,
			      head->arch, now.arch);
	if (strcmp(head->host, now.host))
		return refuse(EINVAL, FKVM_REPLAY_OTHER,
			      "%s: recorded on host %s, not %s", path,
			      head->host, now.host);
	if (!name_fits(opts->core, head->core))
		return refuse(EINVAL, FKVM_REPLAY_OTHER,
			      "%s: recorded with core %s", path, head->core);
	if (!name_fits(opts->irqchip, head->irqchip))
		return refuse(EINVAL, FKVM_REPLAY_OTHER,
			      "%s: recorded with irqchip %s", path,
			      head->irqchip);
	if (head->quantum != opts->quantum)
		return refuse(EINVAL, FKVM_REPLAY_OTHER,
			      "%s: recorded with quantum %llu", path,
			      (unsigned long long)head->quantum);
	if (head->costs != now.costs)
		return refuse(EINVAL, FKVM_REPLAY_OTHER,
			      "%s: recorded with other costs", path);
	return 0;
}

/* ---- a VM's replay ------------------------------------------------------- */

static void replay_load(struct replay *r, struct vm *vm, unsigned int n)
{
	struct refusal why;
	struct kernel_clock_options opts = *kernel_clock();
	int err;

	record_path(opts.replay, n, r->path, sizeof(r->path));
	refusal_begin(&why);
	err = record_file_read(r->path, &r->file);
	if (!err)
		err = replay_fits(r->path, &r->file.head, &opts);
	if (!err && r->file.head.vcpus != vm_vcpu_count(vm))
		err = refuse(EINVAL, FKVM_REPLAY_OTHER,
			     "%s: has %llu vCPUs, the VM %u", r->path,
			     (unsigned long long)r->file.head.vcpus,
			     vm_vcpu_count(vm));
	refusal_end(&why);
	if (!err)
		return;
	log_error("replay: %s", why.why);
	stop(r, vm);
}

static struct replay *replay_new(struct vm *vm)
{
	static _Atomic unsigned int started;
	struct replay *r = calloc(1, sizeof(*r));
	pthread_condattr_t attr;

	if (!r) {
		vm_stop(vm);
		return NULL;
	}
	pthread_mutex_init(&r->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&r->deferred.more, &attr);
	pthread_condattr_destroy(&attr);
	r->deferred.last = &r->deferred.first;
	replay_load(r, vm, atomic_fetch_add(&started, 1) + 1);
	return r;
}

static void hook_enter(struct input_hook *hook, struct vcpu *vcpu)
{
	struct vm *vm = vcpu->vm;
	struct replay *r;

	if (!replay_of(vm)) {
		/* A lock of the VM's: no child of fork() finds it held. */
		pthread_mutex_lock(&vm->turns->lock);
		if (!replay_of(vm)) {
			vm->turns->woken = true;
			r = replay_new(vm);
			atomic_store(&vm->record, r);
			if (r)
				replay_early_begin(r);
		}
		pthread_mutex_unlock(&vm->turns->lock);
	}
	if (record_mmio_read(vcpu))
		replay_answer(vcpu);
}

/* Said at the end, so that who repeats a run knows that it was the same. */
static void tell_outcome(struct replay *r, const struct input_point *at)
{
	const struct record_entry *e = replay_next_input(r);

	for (unsigned int i = 0; !e && i < MAX_VCPUS; i++)
		e = next_own(r, i);
	if (e)
		log_warn("replay: over at cycle %llu, before %s:%u",
			 (unsigned long long)at->cycle, r->path, e->line);
	else
		log_info("replay: all %zu lines of %s, over at cycle %llu",
			 r->file.nr, r->path, (unsigned long long)at->cycle);
}

static void hook_gone(struct input_hook *hook, struct vm *vm)
{
	struct replay *r = replay_of(vm);
	struct input_point at;

	if (!r)
		return;
	replay_later_stop(r);
	input_point_now(vm, &at);
	if (!r->stopped)
		tell_outcome(r, &at);
	record_file_free(&r->file);
	free(r->early);
	free(r->reads);
	free(r->renumbered);
	pthread_cond_destroy(&r->deferred.more);
	pthread_mutex_destroy(&r->lock);
	free(r);
	atomic_store(&vm->record, NULL);
}

static struct input_hook replay_hook = {
	.entered = hook_entered,
	.admits = hook_admits,
	.early = replay_early,
	.defers = replay_defers,
	.awaits = hook_awaits,
	.stop = hook_stop,
	.away = hook_away,
	.leaves = hook_leaves,
	.was_read = replay_was_read,
	.will_read = replay_will_read,
	.exit = hook_exit,
	.enter = hook_enter,
	.gone = hook_gone,
};

/* ---- the option ---------------------------------------------------------- */

int replay_head(const char *path, struct record_head *head)
{
	struct record_file file;
	int err = record_file_read(path, &file);

	if (err)
		return err;
	*head = file.head;
	record_file_free(&file);
	return 0;
}

int replay_init(const struct kernel_clock_options *opts)
{
	struct record_file file;
	int err = record_file_read(opts->replay, &file);

	if (err)
		return err;
	err = replay_fits(opts->replay, &file.head, opts);
	if (!err && !replay_before_load(&file))
		err = refuse(ENOMEM, FKVM_NO_MEMORY, "%s: no memory",
			     opts->replay);
	record_file_free(&file);
	if (err)
		return err;
	input_hook = &replay_hook;
	return 0;
}
