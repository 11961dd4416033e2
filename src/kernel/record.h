/* SPDX-License-Identifier: MIT */
/*
 * Recordings: a text file with what entered a VM of counted time from outside,
 * what it gave to the VMM and what came back, a line each, so that a replay can
 * let the same enter at the same point and sees at once where it differs.
 * docs/record.md has the format.
 */
#ifndef FAUXKVM_KERNEL_RECORD_H
#define FAUXKVM_KERNEL_RECORD_H

#include "base/types.h"
#include "kernel/input.h"

struct vcpu;
struct vm;

enum record_kind {
	RECORD_IRQFD, /* in the order of enum input_kind */
	RECORD_REQUEST,
	RECORD_AWAY,
	RECORD_BACK,
	RECORD_WAKE,
	RECORD_EXIT,   /* KVM_RUN returned */
	RECORD_ENTER,  /* with what the VMM answered to the exit */
	RECORD_READ,   /* what the VMM got of what woke it */
	RECORD_BEFORE, /* of the process's first VM: what woke the VMM before */
	RECORD_END,    /* the VM went; nothing follows */
	NR_RECORD_KINDS
};

/* Lines are no longer, newline included. */
#define RECORD_LINE_MAX 512
#define RECORD_NAME_MAX 32

/* What has to be the same for a replay, before the first line. */
struct record_head {
	char arch[RECORD_NAME_MAX], host[RECORD_NAME_MAX];
	char core[RECORD_NAME_MAX], irqchip[RECORD_NAME_MAX]; /* "-": none */
	uint64_t quantum, costs; /* costs: a hash */
	uint64_t vcpus;          /* when the VM first ran */
};

struct record_entry {
	/* EXIT and ENTER: record_point() of their vCPU. */
	struct input_point at;
	enum record_kind kind;
	unsigned int line;
	const char *what; /* the rest of the line, which says all else */
};

struct record_file {
	struct record_head head;
	struct record_entry *entries;
	size_t nr;
	char *text; /* that entries point into */
};

/*
 * Read @path: 0, or refused with EINVAL or open()'s errno and a reason that
 * begins "FILE:LINE: ". A last line without an end, as a full disk leaves one, is
 * not there.
 */
int record_file_read(const char *path, struct record_file *f);
/* The same of @len bytes of malloc()ed memory with a byte of room behind, which
 * @f takes over; @name is what reasons call them. */
int record_text_read(const char *name, char *text, size_t len,
		     struct record_file *f);
void record_file_free(struct record_file *f);
/* What WAKE and BEFORE say: a descriptor, and its events or how often. False:
 * @what does not say it. */
bool record_wake_read(const char *what, int *fd, uint64_t *n);
/* What READ says: a descriptor, and bytes or -errno. */
bool record_read_read(const char *what, int *fd, long *n);
void record_read_what(int fd, long n, char *buf, size_t size);

/* Write the head, or a line with its newline, into @buf: its length, which is
 * below @size. */
size_t record_head_text(const struct record_head *head, char *buf, size_t size);
size_t record_line_text(enum record_kind kind, const struct input_point *at,
			const char *what, char *buf, size_t size);

/* ---- what is said of things (record-what.c) ------------------------------- */

/* In @buf, cut to fit; RECORD_LINE_MAX / 2 bytes are enough for all but long
 * names. */
void record_input_what(const struct input *input, char *buf, size_t size);
void record_exit_what(struct vcpu *vcpu, long ret, char *buf, size_t size);
/* The answer to the read that @vcpu left KVM_RUN with, if there is one. */
bool record_mmio_read(const struct vcpu *vcpu);
void record_enter_what(const struct vcpu *vcpu, char *buf, size_t size);
/* Make it that of a line. False: it is of another length. */
bool record_mmio_set(struct vcpu *vcpu, const char *what);
/* The options as a head has them, and @vcpus. */
void record_head_now(struct record_head *head, unsigned int vcpus);

/* ---- recording and replaying (record.c, replay.c) ------------------------- */

/* Can it change what the guest does? What only looks is not recorded. */
bool record_is_told(const struct input *input);
/* Where @vcpu is, whose KVM_RUN returned or begins, the @exits-th of its exits
 * to the VMM: its own local time, whosever turn it is. */
void record_point(struct vcpu *vcpu, uint64_t exits, struct input_point *at);
/* The file of the @n-th VM that runs. */
void record_path(const char *option, unsigned int n, char *buf, size_t size);

/* The options are such: 0, or refused with a reason. Before the first VM. */
int record_init(const struct kernel_clock_options *opts);
int replay_init(const struct kernel_clock_options *opts);
/* The head of the file that is replayed, all of which is checked. */
int replay_head(const char *path, struct record_head *head);

#endif
