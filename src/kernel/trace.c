/* SPDX-License-Identifier: MIT */
/*
 * The tracer: a listener of the event tap, see trace.h. A request has one line,
 * when it is answered. Should another line come before that, the request's
 * beginning is told first ("<unfinished ...>", as strace has it): so lines are
 * in the order of what happened, and one that another thread is in is seen.
 *
 * trace_lock is a leaf below the tap's.
 */
#include "kernel/trace.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "base/fault.h"
#include "base/fork-lock.h"
#include "base/host.h"
#include "base/log.h"
#include "base/refuse.h"
#include "base/thread-id.h"
#include "kernel/dirty-pages.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"

static pthread_mutex_t trace_lock = PTHREAD_MUTEX_INITIALIZER;
/* Requests on their way, the latest first; and those that are none. */
static struct trace_call *calls, *unused;
/* This thread's. */
static __thread struct trace_call *mine
	__attribute__((tls_model("initial-exec")));

static uint64_t trace_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
}

/* "vcpu:0" of "kvm-vcpu:0". */
static const char *object_name(const struct kobj *obj)
{
	return strncmp(obj->name, "kvm-", 4) ? obj->name : obj->name + 4;
}

static int vcpu_index(struct kobj *obj)
{
	return obj->kind == KOBJ_VCPU ? (int)vcpu_of(obj)->index : -1;
}

/* ---- requests on their way ----------------------------------------------- */

/* Memory of our own: a request may be made in a signal handler, where malloc()
 * is not to be had. NULL: there is none. */
static struct trace_call *call_take(void)
{
	struct trace_call *call = unused;

	if (call) {
		unused = call->next;
	} else {
		call = host_mmap(NULL, sizeof(*call), PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (call == MAP_FAILED)
			return NULL;
	}
	call->next = calls;
	calls = call;
	return call;
}

static void call_give(struct trace_call *call)
{
	struct trace_call **link = &calls;

	while (*link != call)
		link = &(*link)->next;
	*link = call->next;
	call->next = unused;
	unused = call;
}

/* The eldest first. */
static void announce(struct trace_call *call, const struct trace_call *but)
{
	if (!call)
		return;
	announce(call->next, but);
	if (call == but || call->announced || call->hidden)
		return;
	call->announced = true;
	trace_line_announce(call);
}

static void request_begins(const struct event *e)
{
	struct trace_call *call = call_take();

	mine = call;
	if (!call)
		return;
	call->tid = thread_id();
	call->announced = false;
	call->fd = e->request.fd;
	call->cmd = e->request.cmd;
	call->row = e->request.row;
	call->vcpu = vcpu_index(e->request.obj);
	snprintf(call->object, sizeof(call->object), "%s",
		 object_name(e->request.obj));
	call->args[0] = '\0';
	call->hidden = !trace_file_wanted() || !trace_wants_call(call) ||
		       trace_judges_answer();
	if (trace_file_wanted() && trace_wants_call(call))
		trace_line_args(call, e);
	call->start = trace_now();
}

static void note_slot(const struct event *e)
{
	struct kvm_userspace_memory_region r;

	if (e->request.result || !e->request.row ||
	    (strcmp(e->request.row->name, "KVM_SET_USER_MEMORY_REGION") &&
	     strcmp(e->request.row->name, "KVM_SET_USER_MEMORY_REGION2")))
		return;
	if (!copy_from_user(&r, (void *)e->request.arg, sizeof(r)))
		dirty_pages_note(e->request.obj, r.slot, r.memory_size);
}

static void request_done(const struct event *e)
{
	uint64_t now = trace_now();
	struct trace_call *call = mine;

	if (!call)
		return;
	note_slot(e);
	if (trace_wants_call(call) && trace_wants_answer(call, e)) {
		if (trace_file_wanted()) {
			announce(calls, call);
			trace_line_done(call, e, now);
			trace_file_flush();
		}
		if (trace_counts_wanted())
			trace_count_call(
				call->row ? call->row->name : "unknown",
				e->request.result < 0, now - call->start);
	}
	mine = NULL;
	call_give(call);
}

/* ---- the listener -------------------------------------------------------- */

static void other(const struct event *e)
{
	announce(calls, NULL);
	if (e->kind == EVENT_EXIT)
		trace_line_exit(e, trace_now());
	else
		trace_line_step(e, trace_now());
	trace_file_flush();
}

static bool is_wanted(const struct event *e)
{
	switch (e->kind) {
	case EVENT_EXIT:
		return trace_file_wanted() && trace_wants_exits() &&
		       trace_wants_exit(e);
	case EVENT_IRQCHIP_STEP:
		return trace_file_wanted() && trace_wants_steps() &&
		       trace_wants_step(e);
	default: return true;
	}
}

static void trace_event(struct event_listener *listener, struct event *e)
{
	int saved = errno;

	if (!is_wanted(e))
		return;
	pthread_mutex_lock(&trace_lock);
	if (e->kind == EVENT_REQUEST)
		request_begins(e);
	else if (e->kind == EVENT_REQUEST_DONE)
		request_done(e);
	else
		other(e);
	pthread_mutex_unlock(&trace_lock);
	errno = saved;
}

static struct event_listener listener = {.event = trace_event};

/* ---- beginning ----------------------------------------------------------- */

int trace_check(const struct kernel_clock_options *opts)
{
	int err = trace_filter_set(opts->trace_filter);

	return err ? (int)refused_within(err, "trace-filter") : 0;
}

static void trace_start(void)
{
	const char *path = getenv(TRACE_COUNT_ENV);
	int saved = errno;

	if (path && *path)
		trace_count_start(path);
	trace_file_start(kernel_clock()->trace);
	if (trace_file_wanted() || trace_counts_wanted())
		event_listen(&listener);
	errno = saved;
}

void trace_init(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, trace_start);
}

void trace_fork_prepare(void)
{
	pthread_mutex_lock(&trace_lock);
}

void trace_forked_parent(void)
{
	pthread_mutex_unlock(&trace_lock);
}

/* The requests of other threads are the parent's. */
void trace_forked_child(void)
{
	fork_mutex_reset(&trace_lock);
	while (calls)
		call_give(calls);
	mine = NULL;
	if (trace_file_wanted())
		trace_file_forked();
}
