/* SPDX-License-Identifier: MIT */
/*
 * --record: writes down what passes the gate of each VM that runs, and its
 * exits. Each line is one write(), so that the file is complete however the
 * process ends.
 *
 * A VM's recording begins when it first runs: what was before is the VMM's own
 * doing, at cycle 0. The first VM that runs has the file of the option, the
 * next ones FILE.2, FILE.3.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/held-fd.h"
#include "base/host.h"
#include "base/log.h"
#include "base/out-file.h"
#include "base/refuse.h"
#include "kernel/record.h"
#include "kernel/turns-internal.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"
#include "kernel/wake.h"

struct recording {
	pthread_mutex_t lock; /* a leaf: order of the lines */
	int file;             /* held; negative: nothing is written any more */
	uint64_t exits[MAX_VCPUS]; /* each vCPU's thread its own */
};

/* ---- the file ------------------------------------------------------------ */

static void recording_write(struct recording *r, const char *text, size_t len)
{
	int fd, err, saved = errno;

	pthread_mutex_lock(&r->lock);
	if (r->file >= 0) {
		fd = held_fd_begin(r->file);
		err = fd < 0 ? EBADF : host_write_all_quiet(fd, text, len);
		if (err) {
			log_error("record: %s: the recording ends here",
				  strerror(err));
			held_fd_end(r->file);
			held_fd_close(r->file);
			r->file = -1;
		} else {
			held_fd_end(r->file);
		}
	}
	pthread_mutex_unlock(&r->lock);
	errno = saved;
}

static void write_line(struct recording *r, enum record_kind kind,
		       const struct input_point *at, const char *what)
{
	char line[RECORD_LINE_MAX];

	recording_write(r, line,
			record_line_text(kind, at, what, line, sizeof(line)));
}

static struct recording *recording_new(struct vm *vm)
{
	static _Atomic unsigned int started;
	struct recording *r = calloc(1, sizeof(*r));
	struct record_head head;
	char text[RECORD_LINE_MAX], path[PATH_MAX];

	if (!r)
		return NULL;
	pthread_mutex_init(&r->lock, NULL);
	record_path(kernel_clock()->record, atomic_fetch_add(&started, 1) + 1,
		    path, sizeof(path));
	r->file = held_fd_take(out_file_open(path, O_TRUNC));
	if (r->file < 0)
		log_error("record: %s: %s", path, strerror(-r->file));
	record_head_now(&head, vm_vcpu_count(vm));
	recording_write(r, text, record_head_text(&head, text, sizeof(text)));
	return r;
}

/* ---- the hook ------------------------------------------------------------ */

static struct recording *recording_of(struct vm *vm)
{
	return atomic_load_explicit(&vm->record, memory_order_acquire);
}

static void write_before(void *ctx, int fd, uint64_t times)
{
	const struct input_point at = {.owner = INPUT_NOBODY};
	char what[64];

	snprintf(what, sizeof(what), "%d %llu", fd, (unsigned long long)times);
	write_line(ctx, RECORD_BEFORE, &at, what);
}

/* A lock of the VM's: no child of fork() finds it held. */
static void recording_start(struct vm *vm)
{
	struct recording *r;

	pthread_mutex_lock(&vm->turns->lock);
	if (!recording_of(vm)) {
		r = recording_new(vm);
		/* What woke the VMM before is over before the guest begins. */
		vm->turns->woken = true;
		atomic_store(&vm->record, r);
		if (r)
			wakes_start(write_before, r);
	}
	pthread_mutex_unlock(&vm->turns->lock);
}

static void hook_entered(struct input_hook *hook, struct vm *vm,
			 const struct input *input)
{
	struct recording *r = recording_of(vm);
	char what[RECORD_LINE_MAX / 2];

	if (!r || !record_is_told(input))
		return;
	record_input_what(input, what, sizeof(what));
	write_line(r, (enum record_kind)input->kind, &input->at, what);
}

static void hook_was_read(struct input_hook *hook, struct vm *vm,
			  const struct input_point *at, int fd, long ret)
{
	struct recording *r = recording_of(vm);
	char what[64];

	if (!r || ret == -EINTR)
		return;
	record_read_what(fd, ret, what, sizeof(what));
	write_line(r, RECORD_READ, at, what);
}

static void hook_exit(struct input_hook *hook, struct vcpu *vcpu, long ret)
{
	struct recording *r = recording_of(vcpu->vm);
	char what[RECORD_LINE_MAX / 2];
	struct input_point at;

	/* A signal of the host's changes nothing for the guest. */
	if (!r || ret == -EINTR)
		return;
	record_point(vcpu, r->exits[vcpu->index]++, &at);
	record_exit_what(vcpu, ret, what, sizeof(what));
	write_line(r, RECORD_EXIT, &at, what);
}

static void hook_enter(struct input_hook *hook, struct vcpu *vcpu)
{
	struct recording *r;
	char what[RECORD_LINE_MAX / 2];
	struct input_point at;

	if (!recording_of(vcpu->vm))
		recording_start(vcpu->vm);
	r = recording_of(vcpu->vm);
	if (!r || !record_mmio_read(vcpu))
		return;
	record_point(vcpu, r->exits[vcpu->index], &at);
	record_enter_what(vcpu, what, sizeof(what));
	write_line(r, RECORD_ENTER, &at, what);
}

static void hook_gone(struct input_hook *hook, struct vm *vm)
{
	struct recording *r = recording_of(vm);
	struct input_point at;

	if (!r)
		return;
	input_point_now(vm, &at);
	write_line(r, RECORD_END, &at, "");
	if (r->file >= 0)
		held_fd_close(r->file);
	pthread_mutex_destroy(&r->lock);
	free(r);
	atomic_store(&vm->record, NULL);
}

static struct input_hook record_hook = {
	.entered = hook_entered,
	.was_read = hook_was_read,
	.exit = hook_exit,
	.enter = hook_enter,
	.gone = hook_gone,
};

int record_init(const struct kernel_clock_options *opts)
{
	int err = -out_file_check(opts->record, 0);

	if (err)
		return refuse(err, FKVM_FILE, "record: %s: %s", opts->record,
			      strerror(err));
	input_hook = &record_hook;
	return 0;
}
