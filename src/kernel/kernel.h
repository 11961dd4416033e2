/* SPDX-License-Identifier: MIT */
/*
 * The door of src/kernel: the KVM ABI as a library. An object is what a KVM
 * descriptor refers to; the one entry is kobj_ioctl(). How a call came in
 * (interposed libc, bridge, unit test) is not known here.
 *
 * Objects are reference counted. The embedder holds one reference per open
 * file description; objects hold references on what they need (a vCPU and a
 * device hold their VM), so a VM outlives its own descriptor as in Linux.
 */
#ifndef FAUXKVM_KERNEL_KERNEL_H
#define FAUXKVM_KERNEL_KERNEL_H

#include <stdatomic.h>

#include "base/attr.h"
#include "base/types.h"

enum kobj_kind {
	KOBJ_SYSTEM, /* /dev/kvm */
	KOBJ_VM,
	KOBJ_VCPU,
	KOBJ_DEVICE,
	KOBJ_STATS,
};
#define NR_KOBJ_KINDS (KOBJ_STATS + 1)

struct cost_model;
struct cost_profile;
struct ioctl_row;
struct vm;

struct kobj {
	enum kobj_kind kind;
	char name[48]; /* what Linux calls the fd: "kvm-vm", "kvm-vcpu:0" */
	size_t size;   /* bytes of mmap-able (KVM_VCPU) or readable (STATS)
			 * content behind the descriptor, 0: none */
	void *pages;   /* the embedder's shared mapping of it, set by
			 * install() before it returns */
	/* A mapping shows these at their offsets instead of its own pages:
	 * memory of ours that is mapped shared. pages NULL: no such part. */
	struct kobj_part {
		size_t at, size;
		void *pages;
	} part[2];
	uint64_t refs; /* atomic */
	/* The row of the last request, which is often the next one's too;
	 * atomic, system.c only. */
	const struct ioctl_row *recent;
	/*
	 * A short way for the next KVM_RUN of a vCPU; NULL: there is none. May be
	 * called instead of kobj_ioctl() for KVM_RUN without an argument, and
	 * changes errno. @due: of this thread, a signal is due that came since
	 * kernel_signal_arrived() is called for them. KOBJ_NOT_AGAIN: nothing
	 * has happened, the way is kobj_ioctl(); else what that would return.
	 */
	long (*_Atomic again)(struct kobj *obj, const volatile bool *due);
};
#define KOBJ_NOT_AGAIN 1

/* What the embedder does for the model. Set once, before the first open. */
struct kernel_host {
	/*
	 * Make a new close-on-exec descriptor for @obj and take over the
	 * caller's reference. For obj->size > 0 the descriptor is mmap-able
	 * memory of that size, zeroed, and obj->pages its mapping in this
	 * process, valid until the last reference goes (free_pages).
	 * Returns the descriptor, or refuses with EMFILE, ENFILE or ENOMEM; on
	 * error the reference stays with the caller.
	 */
	int (*install)(struct kobj *obj);
	/* Undo the mapping; called when the object is freed. */
	void (*free_pages)(struct kobj *obj);
	/*
	 * One more descriptor of an object of read-only content, close-on-exec,
	 * with a position of its own; the embedder's reference is that of the
	 * others. Returns it, or -EMFILE/-ENFILE/-ENOMEM, or -ENOENT: there is
	 * none any more, or it can't be opened again.
	 */
	int (*reopen)(struct kobj *obj);
	/*
	 * The object behind another descriptor of this process, with a
	 * reference; NULL if it is not ours.
	 */
	struct kobj *(*lookup)(int fd);
	/*
	 * Around the part of KVM_RUN that may execute the guest. @mask is the
	 * KVM_SET_SIGNAL_MASK mask (bit n-1 = signal n) or NULL. run_begin
	 * makes signals of this thread call kernel_signal_arrived() and
	 * returns -EINTR if one that the mask lets through is pending already,
	 * else 0. run_end is called in both cases, on the same thread.
	 */
	int (*run_begin)(const uint64_t *mask);
	void (*run_end)(void);
};

void kernel_set_host(const struct kernel_host *host);

/*
 * Whether VMs have the requests of fauxkvm/device-attr-draft.h, which Linux has
 * not; without, they haven't. Before the first open.
 */
void kernel_offer_draft_attrs(bool offer);
/* The environment variable by which a VMM is told to: anything but "" or 0. */
#define DRAFT_ATTRS_ENV "FAUXKVM_DRAFT_DEVICE_ATTR"

/*
 * Whose KVM /dev/kvm is, by name: "arm64", which it is without, or "ppc". Before
 * the first open, and before kernel_set_profile(). 0 or -ENOENT.
 */
int kernel_set_arch(const char *name);
/* The environment variable that a VMM is told it by. */
#define ARCH_ENV "FAUXKVM_ARCH"

/*
 * The program is one of 32 bits, as armhf's are; before the first open. Whether there
 * is a KVM for it: arm64's is not, which open() and requests then say (ENODEV, EINVAL).
 */
void kernel_program_is_32bit(void);
bool kernel_serves_program(void);

/*
 * Which machine KVM is pretended to run on, by one of the names of
 * kernel_profile_row() or, with a "/" in it, a file (docs/hosts.md). Before the
 * first open; without, it is the first row's. 0, or refused with ENOENT or what
 * is wrong with the file; then it stays what it was.
 */
int kernel_set_profile(const char *name);
/* A word for it, for recordings; NULL: the architecture has only one. */
const char *kernel_profile_name(void);
/* It as a file, in memory of the caller's. 0, or refused likewise. */
int kernel_profile_text(const char *name, char **text);
/* The environment variable that a VMM is told it by. */
#define HOST_ENV "FAUXKVM_HOST"

enum kernel_clock { KERNEL_CLOCK_HOST, KERNEL_CLOCK_CYCLES };

/* What runs guest code. */
enum kernel_cpu { KERNEL_CPU_INTERP, KERNEL_CPU_JIT };

/*
 * What runs guest code, what the time of VMs is, what things cost in it and what
 * becomes of it. Words
 * are those of clock-options.def, files begin with "/"; NULL: not given.
 */
struct kernel_clock_options {
	enum kernel_clock clock;
	unsigned int quantum;      /* cycles */
	unsigned int idle_wait_ms; /* host time */
	unsigned int stat_events;
	enum kernel_cpu cpu;
	unsigned int jit_memory_mib;
	unsigned int jit_isa; /* enum jit_isa */
	const char *core, *irqchip, *arch;
	const char *costs, *record, *replay, *stat, *irq_trace,
		*trace;            /* files */
	unsigned int trace_format; /* enum trace_format */
	const char *trace_filter, *inject;
	uint32_t given; /* bit n: kernel_option_row(n) was */
};
#define KERNEL_CLOCK_DEFAULTS                                  \
	{                                                      \
		.clock = KERNEL_CLOCK_HOST, .quantum = 100000, \
		.idle_wait_ms = 1000, .stat_events = 65536,    \
		.cpu = KERNEL_CPU_JIT, .jit_memory_mib = 32,   \
	}

/* An option of `fauxkvm run`. NULL: there is no @n-th. */
struct kernel_option_row {
	const char *name;  /* without "--" */
	const char *env;   /* the environment variable for it */
	const char *value; /* "host|cycles", "FILE": what it takes */
	const char *about;
	bool file;
	bool joins; /* given several times all count, joined by ";" */
};
const struct kernel_option_row *kernel_option_row(unsigned int n);
/* Read @value into @opts, which began as KERNEL_CLOCK_DEFAULTS: 0 or, refused
 * with a reason that names the option, a negative errno. */
int kernel_option_set(struct kernel_clock_options *opts, unsigned int n,
		      const char *value);
/* The word or the path that option @n has in @opts; NULL: none. */
const char *kernel_option_text(const struct kernel_clock_options *opts,
			       unsigned int n);
/*
 * Completes @opts with what follows from it and makes it the process's; reads
 * the files. Before the first open. Refused with a reason if its parts exclude
 * each other or a file is broken; then the process's stays what it was.
 */
int kernel_set_clock(struct kernel_clock_options *opts);
/* Refused with a reason if one of @opts, which are set, can't have an effect
 * beside the others. */
int kernel_options_heard(const struct kernel_clock_options *opts);
/* The process's; defaults if it never was set. */
const struct kernel_clock_options *kernel_clock(void);

/* What things cost: the @n-th model of the architecture's; NULL: there is none. */
const struct cost_model *kernel_cost_model(unsigned int n);
/* What the profile file @path changes of them, NULL: nothing. For
 * kernel_set_clock(). 0, or refused: the machine can't have a model that was
 * chosen; file, line and reason. */
int kernel_costs_load(const char *path);
/* The same, loaded. */
const struct cost_profile *kernel_cost_profile(void);

/* open("/dev/kvm"): a new system object with one reference, NULL: ENOMEM. */
struct kobj *kernel_open(void);

void kobj_get(struct kobj *obj);
void kobj_put(struct kobj *obj);
/* The last descriptor of @obj was closed: drops the embedder's reference and
 * runs close-time work (a VFIO device goes, irqfds of a VM go). */
void kobj_close(struct kobj *obj);

/* The ioctl's value (>= 0) or a negative errno, which base/refuse.h has the
 * reason for. @arg as the VMM passed it; @fd, by which it came, is for lines of
 * the log only. */
long kobj_ioctl(struct kobj *obj, int fd, unsigned int cmd, unsigned long arg);

/* Before @obj's descriptor is mapped, @size bytes (whole pages) from @offset:
 * 0 or a negative errno. */
long kobj_check_map(struct kobj *obj, uint64_t offset, uint64_t size, bool exec,
		    bool shared);

/*
 * Async-signal-safe: a signal was delivered to (or became pending for) this
 * thread. If it is inside KVM_RUN it leaves with EINTR. No effect otherwise.
 */
void kernel_signal_arrived(void);

/*
 * Around fork(), by the embedder's atfork handlers: no other thread is in the
 * middle of changing what is the process's, and the child's locks are free.
 * What belongs to a VM stays as it is: the child's ioctls on inherited objects
 * answer EIO (Linux: another mm). A thread in KVM_RUN is not waited for.
 * kernel_forked_child() alone serves a child that was made behind our back.
 */
void kernel_fork_prepare(void);
void kernel_forked_parent(void);
void kernel_forked_child(void);

/*
 * An eventfd may be an irqfd: to be called after this process wrote to one, by
 * any descriptor, and before it reads one, so that its interrupt is there and
 * its count gone as in Linux. Not in a signal handler that interrupted the
 * model, nor interrupted by one that comes here. kernel_has_irqfds(): is there
 * any? Cheap.
 */
extern struct vm *_Atomic kernel_irqfd_vms;
static inline bool kernel_has_irqfds(void)
{
	return __builtin_expect(
		atomic_load_explicit(&kernel_irqfd_vms, memory_order_relaxed) !=
			NULL,
		0);
}
void kernel_eventfd_used(void);

/*
 * Where a run is recorded or replayed: a thread of the VMM's waits for
 * descriptors, as by poll(). What is ready because of others than this process
 * it may be told of only when kernel_wait_end() says so: until then it waits for
 * the rest and for kernel_wait_fd(), which is readable when it is to end.
 * kernel_wait_ask(), at once and then every few milliseconds: something is told.
 * @waited_ns: for how long it waits. @events: POLLIN and its kind.
 */
struct kernel_wait;
bool kernel_asks_wake(void);
struct kernel_wait *kernel_wait_begin(void); /* NULL: no memory */
int kernel_wait_fd(const struct kernel_wait *wait);
/* False: no memory. */
bool kernel_wait_ready(struct kernel_wait *wait, int fd, unsigned int events);
bool kernel_wait_ask(struct kernel_wait *wait, uint64_t waited_ns);
/* True: of @fd it is told @events. */
bool kernel_wait_end(struct kernel_wait *wait, int *fd, unsigned int *events);

/*
 * What the VMM reads of a descriptor that it was told of: kernel_reads() is it
 * one? kernel_read_known(): in a replay it is to get as much as it got then, *@n
 * bytes or -errno. While the thread waits for that it is between
 * kernel_read_wait()s, and in vain: kernel_read_missing(). kernel_read_done():
 * it got @ret.
 */
bool kernel_reads(int fd);
bool kernel_read_known(int fd, long *n);
void kernel_read_wait(bool begins);
void kernel_read_missing(int fd);
void kernel_read_done(int fd, long ret);

/*
 * Host memory [addr, addr+len) was unmapped, replaced or re-protected by the
 * VMM: vCPUs forget what they know of it before they see anything that is
 * written after this. The role of Linux's MMU notifier. Waits for nobody; cheap
 * when no slot overlaps.
 */
void kernel_host_memory_changed(const void *addr, size_t len);
/* The same of what is mapped of file @fd from @start to @end, which has lost
 * content: vCPUs may have decoded it. Files of tmpfs and hugetlbfs only, as memory
 * mostly is. */
void kernel_host_file_changed(int fd, uint64_t start, uint64_t end);
/* The same of the part of a file that is mapped at @addr, in all its mappings:
 * MADV_REMOVE. */
void kernel_host_memory_removed(const void *addr, size_t len);

/* Rows for `fauxkvm list`; NULL at the end. */
struct kernel_ioctl_row {
	const char *name;
	const char *fd; /* "system", "vm", "vcpu", "device" */
	unsigned int cmd;
	unsigned int size; /* argument bytes, 0: a value */
	const char *since;
	bool implemented; /* false: answers the errno Linux gives */
	bool optional;    /* implemented, but unknown until asked for */
};
struct kernel_cap_row {
	const char *name;
	unsigned int number;
	long system_value, vm_value; /* as CHECK_EXTENSION answers now */
};
const struct kernel_ioctl_row *kernel_ioctl_row(unsigned int n);
const struct kernel_cap_row *kernel_cap_row(unsigned int n);
/* The @n-th attribute (or range of them) of all device types, then of vCPUs and
 * VMs. False: there is none. */
struct kernel_attr_row {
	const char *owner;          /* "kvm-arm-vgic-v3", "vcpu", "vm" */
	int type;                   /* KVM_DEV_TYPE_*; -1: no device */
	bool there;                 /* the host has the device */
	const struct attr_row *row; /* NULL: a device without attributes */
};
bool kernel_attr_row(unsigned int n, struct kernel_attr_row *out);
/* A register that KVM_GET_REG_LIST may list. False: there is none. */
struct kernel_reg_row {
	uint64_t id;
	const char *family;
	char name[32];
};
bool kernel_reg_row(unsigned int n, struct kernel_reg_row *out);
struct kernel_exit_row {
	const char *name;
	const char *event_name; /* of a system event, else NULL */
	unsigned int reason, event;
	bool made; /* false: Linux has it, it never happens here */
};
const struct kernel_exit_row *kernel_exit_row(unsigned int n);
/* The @n-th machine. False: there is none. */
struct kernel_profile_row {
	const char *name, *about;
};
bool kernel_profile_row(unsigned int n, struct kernel_profile_row *out);
/* The @k-th ID field in which the @n-th machine says less here than the real
 * one. False: there is none. */
struct kernel_profile_limit {
	const char *reg, *field;
	unsigned int real, here;
};
bool kernel_profile_limit(unsigned int n, unsigned int k,
			  struct kernel_profile_limit *out);

#endif
