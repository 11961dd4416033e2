/* SPDX-License-Identifier: MIT */
/*
 * /dev/kvm itself, the life of objects and the one dispatcher. Checks that
 * every request of a kind shares come first, in Linux's order, then the row's
 * own (ioctls.def).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <fauxkvm/kvm.h>

#include "base/fault.h"
#include "base/held-fd.h"
#include "base/host.h"
#include "base/log.h"
#include "base/refuse.h"
#include "base/since.h"
#include "base/thread-id.h"
#include "kernel/arch.h"
#include "kernel/device.h"
#include "kernel/event.h"
#include "kernel/inject.h"
#include "kernel/memslot.h"
#include "kernel/stats.h"
#include "kernel/stat-file.h"
#include "kernel/stat-refusal.h"
#include "kernel/system.h"
#include "kernel/trace.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"
#include "kernel/wake.h"

uint32_t kernel_mm;
struct kernel_host kernel_host;

void kernel_set_host(const struct kernel_host *host)
{
	kernel_host = *host;
}

const char *kernel_profile_name(void)
{
	return kernel_arch()->profile_name ? kernel_arch()->profile_name()
					   : NULL;
}

bool kernel_profile_row(unsigned int n, struct kernel_profile_row *out)
{
	return kernel_arch()->profile_row && kernel_arch()->profile_row(n, out);
}

bool kernel_profile_limit(unsigned int n, unsigned int k,
			  struct kernel_profile_limit *out)
{
	return kernel_arch()->profile_limit &&
	       kernel_arch()->profile_limit(n, k, out);
}

struct kobj *kernel_open(void)
{
	struct kobj *obj = calloc(1, sizeof(*obj));

	if (!obj)
		return NULL;
	fault_init();
	inject_init();
	trace_init();
	obj->kind = KOBJ_SYSTEM;
	obj->refs = 1;
	snprintf(obj->name, sizeof(obj->name), "kvm");
	return obj;
}

void kernel_fork_prepare(void)
{
	vm_fork_prepare();
	fd_room_fork_prepare();
	stats_fork_prepare();
	stat_file_fork_prepare();
	event_fork_prepare();
	trace_fork_prepare();
	wake_fork_prepare();
}

void kernel_forked_parent(void)
{
	wake_forked_parent();
	trace_forked_parent();
	event_forked_parent();
	stat_file_forked_parent();
	stats_forked_parent();
	fd_room_forked_parent();
	vm_forked_parent();
}

void kernel_forked_child(void)
{
	kernel_mm++;
	thread_id_forked_child();
	vm_forked_child();
	stats_forked_child();
	stat_file_forked_child();
	irqfd_forked_child();
	fd_room_forked_child();
	event_forked_child();
	wake_forked_child();
	held_fd_forked_child();
	trace_forked_child();
}

void kobj_get(struct kobj *obj)
{
	__atomic_add_fetch(&obj->refs, 1, __ATOMIC_RELAXED);
}

static void kobj_release(struct kobj *obj)
{
	struct vcpu *vcpu;
	int saved = errno;

	switch (obj->kind) {
	case KOBJ_SYSTEM: free(obj); break;
	case KOBJ_VM: vm_destroy(vm_of(obj)); break;
	case KOBJ_VCPU:
		/* The vCPU lives as long as its VM. */
		vcpu = vcpu_of(obj);
		kobj_put(&vcpu->vm->obj);
		break;
	case KOBJ_DEVICE: device_release(obj); break;
	case KOBJ_STATS: stats_release(obj); break;
	}
	errno = saved;
}

struct vm *kobj_vm(struct kobj *obj)
{
	switch (obj->kind) {
	case KOBJ_VM: return vm_of(obj);
	case KOBJ_VCPU: return vcpu_of(obj)->vm;
	case KOBJ_DEVICE: return device_vm_of(obj);
	case KOBJ_STATS: return kobj_vm(stats_owner(obj));
	default: return NULL;
	}
}

/* Made by this process image, not inherited over fork(). */
static bool kobj_is_ours(struct kobj *obj)
{
	struct vm *vm = kobj_vm(obj);

	return !vm || vm->mm == kernel_mm;
}

void kobj_put(struct kobj *obj)
{
	/*
	 * After fork() the copy in the child has no threads and locks in
	 * unknown states: it is left alone, its memory goes with the process.
	 */
	if (!kobj_is_ours(obj))
		return;
	if (!__atomic_sub_fetch(&obj->refs, 1, __ATOMIC_ACQ_REL))
		kobj_release(obj);
}

/* Signals that have come are still delivered, while its vCPUs may run on. */
static void release_irqfds(struct vm *vm)
{
	struct gate_pass pass = {.told = false};

	if (!vm->turns || !atomic_load(&vm->nr_irqfds)) {
		irqfd_release_all(vm);
		return;
	}
	gate_begin(vm, &pass);
	irqfd_release_all(vm);
	gate_end(vm, &pass);
}

void kobj_close(struct kobj *obj)
{
	if (obj->kind == KOBJ_VM && kobj_is_ours(obj))
		release_irqfds(vm_of(obj));
	kobj_put(obj);
}

static const struct arch *kobj_arch(struct kobj *obj)
{
	struct vm *vm = kobj_vm(obj);

	return vm ? vm->arch : kernel_arch();
}

static const struct ioctl_row *ioctl_find(struct kobj *obj, unsigned int cmd)
{
	const struct ioctl_row *row =
		__atomic_load_n(&obj->recent, __ATOMIC_RELAXED);
	const struct arch *arch;

	if (row && row->pub.cmd == cmd)
		return row;
	arch = kobj_arch(obj);
	for (unsigned int i = 0; i < arch->nr_ioctls; i++) {
		row = &arch->ioctls[i];
		if (row->pub.cmd != cmd || row->kind != obj->kind ||
		    (row->offered && !row->offered()) ||
		    !since_is_there(row->pub.since))
			continue;
		__atomic_store_n(&obj->recent, row, __ATOMIC_RELAXED);
		return row;
	}
	return NULL;
}

const struct kernel_ioctl_row *kernel_ioctl_row(unsigned int n)
{
	const struct arch *arch = kernel_arch();

	return n < arch->nr_ioctls ? &arch->ioctls[n].pub : NULL;
}

/* In 13 bits on one architecture, in 14 on another; none has that many. */
static unsigned int request_size(unsigned int cmd)
{
	return cmd >> 16 & 0x1fff;
}

/* Another header's structure: type and number are a request's, its size is not. */
static const struct ioctl_row *row_of_number(const struct arch *arch,
					     enum kobj_kind kind,
					     unsigned int cmd)
{
	for (unsigned int i = 0; i < arch->nr_ioctls; i++) {
		const struct ioctl_row *row = &arch->ioctls[i];

		if (row->kind == kind && !((row->pub.cmd ^ cmd) & 0xffff) &&
		    row->pub.size != request_size(cmd))
			return row;
	}
	return NULL;
}

static long refuse_unknown(struct kobj *obj, unsigned int cmd)
{
	const struct arch *arch = kobj_arch(obj);
	const struct ioctl_row *other = NULL;
	int err = arch->unknown_request[obj->kind];

	for (unsigned int i = 0; !other && i < arch->nr_ioctls; i++)
		if (arch->ioctls[i].pub.cmd == cmd)
			other = &arch->ioctls[i];
	if (other)
		return refuse(err, FKVM_REQUEST_FD,
			      "%s is a request of another descriptor's, "
			      "a %s's",
			      other->pub.name, other->pub.fd);
	other = row_of_number(arch, obj->kind, cmd);
	if (other)
		return refuse(err, FKVM_REQUEST_NUMBER,
			      "%s takes %u bytes here, and by its number %u",
			      other->pub.name, other->pub.size,
			      request_size(cmd));
	return refuse(err, FKVM_REQUEST_NUMBER, "no request has this number");
}

bool kernel_reg_row(unsigned int n, struct kernel_reg_row *out)
{
	const struct arch *arch = kernel_arch();

	return arch->reg_row && arch->reg_row(n, out);
}

static __attribute__((noinline)) long ioctl_row_copy(
	struct kobj *obj, const struct ioctl_row *row, unsigned long user)
{
	union {
		char bytes[IOCTL_MAX_SIZE];
		uint64_t align;
	} arg;
	size_t size = row->pub.size;
	long ret;

	bug_on(size > sizeof(arg), "%s takes %zu bytes", row->pub.name, size);
	if (row->needs_init && !vcpu_of(obj)->initialised)
		return refuse(ENOEXEC, FKVM_VCPU_UNINIT,
			      "the vCPU is not initialised");
	if (row->copy == COPY_IN || row->copy == COPY_IO) {
		if (copy_from_user(arg.bytes, (void *)user, size))
			return refused_within(-EFAULT, "the argument");
	} else if (size) {
		memset(arg.bytes, 0, size);
	}
	if (!row->fn)
		return refuse(
			row->old_errno && !linux_is_since(6, 12)
				? row->old_errno
				: kobj_arch(obj)->unknown_request[obj->kind],
			FKVM_REQUEST_ARCH,
			"this architecture's KVM has no such request");
	ret = row->fn(obj, arg.bytes, user);
	if (ret >= 0 && (row->copy == COPY_OUT || row->copy == COPY_IO) &&
	    copy_to_user((void *)user, arg.bytes, size))
		return refused_within(-EFAULT, "the argument");
	return ret;
}

static ALWAYS_INLINE long ioctl_row_call(struct kobj *obj,
					 const struct ioctl_row *row,
					 unsigned long user)
{
	/* KVM_RUN, above all. */
	if (!row->pub.size && !row->needs_init && row->fn)
		return row->fn(obj, NULL, user);
	return ioctl_row_copy(obj, row, user);
}

/* Where time is counted all that comes in between two turns passes the gate.
 * What a vCPU's own thread does while time stands still for it is no input from
 * outside. */
static COLD long ioctl_row_call_gated(struct kobj *obj, struct vm *vm,
				      const struct ioctl_row *row,
				      unsigned long arg)
{
	struct gate_pass pass = {
		.input = {.kind = INPUT_REQUEST,
			  .request = {obj, &row->pub, arg}},
		.told = true,
	};
	long ret;

	if (row->fn == vcpu_ioctl_run)
		return ioctl_row_call(obj, row, arg);
	if (input_hook && input_hook->defers) {
		int deferred = 0;

		while (!deferred && !gate_try(vm, &pass))
			deferred = input_hook->defers(input_hook, vm,
						      &pass.input, &ret);
		if (deferred > 0)
			return ret;
	}
	if (!pass.admitted)
		gate_begin(vm, &pass);
	ret = ioctl_row_call(obj, row, arg);
	gate_end(vm, &pass);
	return ret;
}

bool request_later(struct vm *vm, const struct kernel_ioctl_row *pub, void *arg)
{
	const struct ioctl_row *row = container_of(pub, struct ioctl_row, pub);
	struct gate_pass pass = {
		.input = {.kind = INPUT_REQUEST,
			  .request = {&vm->obj, pub, (unsigned long)arg}},
		.told = true,
	};

	if (!gate_try(vm, &pass))
		return false;
	ioctl_row_call(&vm->obj, row, (unsigned long)arg);
	gate_end(vm, &pass);
	return true;
}

/* Every check and action of a request. */
static long kobj_request(struct kobj *obj, const struct ioctl_row *row,
			 unsigned int cmd, unsigned long arg)
{
	struct vm *vm = obj->kind == KOBJ_VCPU    ? vcpu_of(obj)->vm
			: obj->kind == KOBJ_STATS ? NULL
						  : kobj_vm(obj);
	struct vcpu *vcpu;
	long ret = vm ? vm_check(vm) : 0;

	if (unlikely(ret))
		return ret;
	if (unlikely(!row))
		return refuse_unknown(obj, cmd);
	if (obj->kind != KOBJ_VCPU || row->async)
		return unlikely(vm && vm->turns)
			       ? ioctl_row_call_gated(obj, vm, row, arg)
			       : ioctl_row_call(obj, row, arg);
	vcpu = vcpu_of(obj);
	vcpu_lock(&vcpu->lock);
	if (row->fn != vcpu_ioctl_run)
		vcpu->asked = true;
	ret = unlikely(vm->turns) ? ioctl_row_call_gated(obj, vm, row, arg)
				  : ioctl_row_call(obj, row, arg);
	vcpu_unlock(&vcpu->lock);
	return ret;
}

static void wait_for(uint64_t ns)
{
	struct timespec t = {.tv_sec = (time_t)(ns / 1000000000),
			     .tv_nsec = (long)(ns % 1000000000)};

	while (host_raw(SYS_nanosleep, &t, &t) == -EINTR)
		;
}

/*
 * KVM_RUN that ends with an exit somebody made up: what belongs to the exit
 * before is finished, as by one with immediate_exit, and the guest does not run.
 */
static long run_made_up(struct event *event)
{
	struct kvm_run *run = vcpu_of(event->request.obj)->run;
	uint8_t before = run->immediate_exit;
	long ret;

	run->immediate_exit = 1;
	ret = kobj_request(
		event->request.obj,
		container_of(event->request.row, struct ioctl_row, pub),
		event->request.cmd, event->request.arg);
	run->immediate_exit = before;
	if (ret != -EINTR)
		return ret;
	event->request.injected = true;
	event->request.make_exit(run, event->request.rule);
	return 0;
}

/* A request that somebody listens to, and may answer in the model's place. */
static COLD long kobj_request_tapped(struct kobj *obj, int fd,
				     const struct ioctl_row *row,
				     unsigned int cmd, unsigned long arg)
{
	struct refusal why;
	struct event event = {
		.kind = EVENT_REQUEST,
		.request = {.obj = obj,
			    .fd = fd,
			    .row = row ? &row->pub : NULL,
			    .cmd = cmd,
			    .arg = arg},
	};

	refusal_begin(&why);
	event_send(&event);
	if (event.request.wait_before)
		wait_for(event.request.wait_before);
	if (event.request.signal)
		host_raw(SYS_tgkill, getpid(), thread_id(),
			 event.request.signal);
	if (event.request.make_exit && !event.request.answered)
		event.request.result = run_made_up(&event);
	else if (!event.request.answered)
		event.request.result = kobj_request(obj, row, cmd, arg);
	else if (event.request.result < 0)
		event.request.result =
			refuse((int)-event.request.result, FKVM_INJECTED,
			       "injected: a listener's answer");
	if (event.request.wait_after)
		wait_for(event.request.wait_after);
	event.kind = EVENT_REQUEST_DONE;
	if (event.request.result < 0 &&
	    refusal_explains(&why, event.request.result))
		event.request.why = why.why;
	event_send(&event);
	refusal_end(&why);
	return event.request.result;
}

static ALWAYS_INLINE long kobj_answer(struct kobj *obj, int fd,
				      const struct ioctl_row *row,
				      unsigned int cmd, unsigned long arg)
{
	return event_wanted() ? kobj_request_tapped(obj, fd, row, cmd, arg)
			      : kobj_request(obj, row, cmd, arg);
}

/* "vm" of "kvm-vm", but "kvm" of /dev/kvm. */
static const char *kobj_short_name(const struct kobj *obj)
{
	return strncmp(obj->name, "kvm-", 4) ? obj->name : obj->name + 4;
}

/* What a refused request is told of. */
static __attribute__((noinline)) long kobj_answer_logged(
	struct kobj *obj, int fd, const struct ioctl_row *row, unsigned int cmd,
	unsigned long arg)
{
	struct refusal why;
	char number[24];
	const char *name = row ? row->pub.name : number;
	bool exit;
	long ret;

	if (!row)
		snprintf(number, sizeof(number), "ioctl 0x%x", cmd);
	refusal_begin(&why);
	ret = kobj_answer(obj, fd, row, cmd, arg);
	refusal_end(&why);
	if (ret < 0) {
		refusal_log(&why, ret, name, kobj_short_name(obj), fd);
		stat_refusal_count(name, kobj_short_name(obj), ret, &why);
	}
	exit = row && row->fn == vcpu_ioctl_run && !ret;
	log_debug("%s: %s(0x%lx) = %ld%s%s", obj->name, name, arg, ret,
		  exit ? ", " : "", exit ? exit_name(vcpu_of(obj)->run) : "");
	return ret;
}

static __attribute__((noinline)) long kobj_ioctl_any(struct kobj *obj, int fd,
						     unsigned int cmd,
						     unsigned long arg)
{
	const struct ioctl_row *row = ioctl_find(obj, cmd);
	int saved = errno;
	long ret = log_enabled(LOG_INFO) || stat_file_made()
			   ? kobj_answer_logged(obj, fd, row, cmd, arg)
			   : kobj_answer(obj, fd, row, cmd, arg);

	errno = saved;
	return ret;
}

/* What kobj_request() does for KVM_RUN if nobody wants to know. */
static ALWAYS_INLINE long kobj_run(struct vcpu *vcpu, unsigned long arg)
{
	long ret = vm_check(vcpu->vm);

	if (unlikely(ret))
		return ret;
	vcpu_lock(&vcpu->lock);
	ret = vcpu_ioctl_run(&vcpu->obj, NULL, arg);
	vcpu_unlock(&vcpu->lock);
	return ret;
}

long kobj_ioctl(struct kobj *obj, int fd, unsigned int cmd, unsigned long arg)
{
	const struct ioctl_row *row =
		__atomic_load_n(&obj->recent, __ATOMIC_RELAXED);
	int saved;
	long ret;

	if (unlikely(!row || row->pub.cmd != cmd || row->fn != vcpu_ioctl_run ||
		     vcpu_of(obj)->vm->turns || vcpu_of(obj)->shown ||
		     event_wanted() || log_enabled(LOG_INFO)))
		return kobj_ioctl_any(obj, fd, cmd, arg);
	saved = errno;
	ret = kobj_run(vcpu_of(obj), arg);
	errno = saved;
	return ret;
}

long kobj_check_map(struct kobj *obj, uint64_t offset, uint64_t size, bool exec,
		    bool shared)
{
	if (obj->kind != KOBJ_VCPU)
		return refuse(ENODEV, FKVM_MMAP_FD,
			      "only a vCPU's descriptor can be mapped");
	return dirty_ring_check_map(vcpu_of(obj), offset, size, exec, shared);
}

/* ---- requests of the system descriptor ----------------------------------- */

long refuse_argument(unsigned long user)
{
	return refuse(EINVAL, FKVM_ARGUMENT_ZERO,
		      "the argument is 0x%lx, not 0", user);
}

long sys_get_api_version(struct kobj *obj, void *arg, unsigned long user)
{
	return user ? refuse_argument(user) : KVM_API_VERSION;
}

long sys_create_vm(struct kobj *obj, void *arg, unsigned long user)
{
	return vm_create(kernel_arch(), user);
}

long sys_check_extension(struct kobj *obj, void *arg, unsigned long user)
{
	return user > UINT32_MAX ? 0 : cap_check(kernel_arch(), NULL, user);
}

long sys_get_vcpu_mmap_size(struct kobj *obj, void *arg, unsigned long user)
{
	/* struct kvm_run's page and the coalesced MMIO ring's. */
	return user ? refuse_argument(user) : (long)(2 * GUEST_PAGE_SIZE);
}

/* ---- requests of the VM's and the vCPU's descriptor ---------------------- */

static long obj_attr(struct kobj *obj, enum attr_op op,
		     const struct kvm_device_attr *a)
{
	const struct arch *arch = kobj_arch(obj);
	const struct device_attr attr = {a->group, a->attr,
					 (void *)(uintptr_t)a->addr};

	if (obj->kind == KOBJ_VM)
		return attr_dispatch(arch->vm_attrs, vm_of(obj), op, &attr);
	return attr_dispatch(arch->vcpu_attrs, vcpu_of(obj), op, &attr);
}

long obj_ioctl_set_attr(struct kobj *obj, void *arg, unsigned long user)
{
	return obj_attr(obj, ATTR_SET, arg);
}

long obj_ioctl_get_attr(struct kobj *obj, void *arg, unsigned long user)
{
	return obj_attr(obj, ATTR_GET, arg);
}

long obj_ioctl_has_attr(struct kobj *obj, void *arg, unsigned long user)
{
	return obj_attr(obj, ATTR_HAS, arg);
}
