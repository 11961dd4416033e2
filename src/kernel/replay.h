/* SPDX-License-Identifier: MIT */
/*
 * The replay of one VM, shared by what makes it up: replay.c (the hook),
 * replay-later.c (requests that nobody waits for), replay-wake.c (wakes).
 */
#ifndef FAUXKVM_KERNEL_REPLAY_H
#define FAUXKVM_KERNEL_REPLAY_H

#include <limits.h>
#include <pthread.h>

#include "kernel/record.h"
#include "kernel/vm.h"

struct replay {
	pthread_mutex_t lock; /* a leaf: all below */
	struct record_file file;
	char path[PATH_MAX];
	/* Next lines: of inputs, and of each vCPU's exits. */
	size_t input, own[MAX_VCPUS];
	uint64_t exits[MAX_VCPUS];
	bool stopped;  /* diverged or broken */
	bool standing; /* time stands still for the next input */
	bool told,
		replaced; /* that it goes on by itself; that answers differ */
	size_t awaited;   /* the input that is waited for, since: */
	uint64_t since;   /* ms of the host */
	size_t extra;     /* the input at which .. is known to come: */
	char known[RECORD_LINE_MAX / 2];
	/* What woke the VMM before the VM first ran and has not yet here. */
	struct early {
		int fd;
		uint64_t times;
	} * early;
	size_t nr_early;
	/* Of each descriptor that was read the next line. */
	struct reads {
		int fd;
		size_t next;
	} * reads;
	size_t nr_reads;
	/* Descriptors that have another number here than in the recording. */
	struct renumbered {
		int here, recorded;
	} * renumbered;
	size_t nr_renumbered;
	struct {
		struct later *first, **last;
		pthread_t thread;
		pthread_cond_t more; /* look again */
		bool started, end;
	} deferred;
};

struct replay *replay_of(struct vm *vm);
/* The replay of @vm, locked; NULL: it has none, or the file is over or no good
 * any more. */
struct replay *replay_begin(struct vm *vm);
void replay_end(struct replay *r);

/* ---- lock held ----------------------------------------------------------- */

/* NULL: there is no more. */
const struct record_entry *replay_next_input(struct replay *r);
bool replay_same(const struct record_entry *e, enum record_kind kind,
		 const char *what);
/* @found is at @at, instead of @e, which may be NULL. The VM stops. */
void replay_diverge(struct replay *r, struct vm *vm,
		    const struct record_entry *e, const struct input_point *at,
		    const char *found);
/* The same, where what is here would be a line. */
void replay_diverge_line(struct replay *r, struct vm *vm,
			 const struct record_entry *e, enum record_kind kind,
			 const struct input_point *at, const char *what);
/* The recording is over: the VM goes on by itself. */
void replay_tell_end(struct replay *r, const struct input_point *at);

/* ---- replay-later.c ------------------------------------------------------ */

/* input_hook's. */
int replay_defers(struct input_hook *hook, struct vm *vm,
		  const struct input *input, long *ret);
/* The VM goes. */
void replay_later_stop(struct replay *r);

/* ---- replay-wake.c ------------------------------------------------------- */

/* May it be told now? With lock held, as the next. */
bool replay_wake_enters(struct replay *r, struct input *input);
/* The number of @fd in the recording. */
int replay_recorded_fd(const struct replay *r, int fd);
/* It was told as what came before the VM first ran; @fd is the recording's. */
void replay_early_entered(struct replay *r, int fd);
/* Does something have to wake the VMM that did before the VM first ran? */
bool replay_awaits_early(struct replay *r);
/* The VM first runs; turns->lock held. */
void replay_early_begin(struct replay *r);
/* What the recording has of before. False: no memory. */
bool replay_before_load(const struct record_file *f);
/* input_hook's. */
bool replay_early(struct input_hook *hook, int fd, uint64_t times);

void replay_was_read(struct input_hook *hook, struct vm *vm,
		     const struct input_point *at, int fd, long ret);
bool replay_will_read(struct input_hook *hook, struct vm *vm,
		      const struct input_point *at, int fd, bool late, long *n);

/* Host's clock. */
uint64_t replay_ms(void);

#endif
