/* SPDX-License-Identifier: MIT */
/*
 * Reading a statistics file; see stat-view.h. Every offset is checked, as the
 * file may be damaged, of another version, or something else.
 */
#include "tool/stat-view.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/irqchip.h"
#include "tool/tool.h"

const struct stat_latency_name stat_latency_names[NR_STAT_LATENCIES] = {
	[STAT_PEND_TO_ACK] = {"pend to acknowledge", "pend_to_acknowledge"},
	[STAT_ACK_TO_EOI] = {"acknowledge to EOI", "acknowledge_to_eoi"},
	[STAT_PEND_TO_DEACTIVATE] = {"pend to deactivate",
				     "pend_to_deactivate"},
};

/* ---- the file ------------------------------------------------------------ */

static bool is_stat_file(int fd)
{
	char magic[8];

	return pread(fd, magic, sizeof(magic), 0) == sizeof(magic) &&
	       !memcmp(magic, STAT_MAGIC, sizeof(magic));
}

/* The statistics file that process @pid has open: a descriptor or -1, said why. */
static int open_of_process(const char *pid, char *path, size_t size)
{
	char dir[64], link[128 + NAME_MAX];
	struct dirent *e;
	struct stat st;
	int fd = -1;
	DIR *fds;

	snprintf(dir, sizeof(dir), "/proc/%.20s/fd", pid);
	fds = opendir(dir);
	if (!fds) {
		tool_fail("process %s: %s", pid,
			  strerror(errno == ENOENT ? ESRCH : errno));
		return -1;
	}
	while (fd < 0 && (e = readdir(fds))) {
		snprintf(link, sizeof(link), "%s/%s", dir, e->d_name);
		if (stat(link, &st) || !S_ISREG(st.st_mode))
			continue;
		fd = open(link, O_RDONLY | O_CLOEXEC);
		if (fd >= 0 && !is_stat_file(fd)) {
			close(fd);
			fd = -1;
		}
	}
	if (fd >= 0) {
		ssize_t n = readlink(link, path, size - 1);

		path[n > 0 ? n : 0] = '\0';
	}
	closedir(fds);
	if (fd < 0)
		tool_fail("no statistics file is open in process %s: was it "
			  "started with --stat?",
			  pid);
	return fd;
}

static bool is_number(const char *s)
{
	return *s && !s[strspn(s, "0123456789")];
}

static int view_open(struct stat_view *view, const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	snprintf(view->path, sizeof(view->path), "%s", name);
	if (fd < 0 && errno == ENOENT && is_number(name))
		return open_of_process(name, view->path, sizeof(view->path));
	if (fd < 0)
		return tool_fail("%s: %s", name, strerror(errno)), -1;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return tool_fail("%s is not a statistics file", name), -1;
	}
	return fd;
}

static bool read_all(struct stat_view *view, int fd)
{
	struct stat st;
	size_t at = 0;
	ssize_t n = 1;

	if (fstat(fd, &st))
		return false;
	view->size = (size_t)st.st_size;
	/* Holes and what nobody touched are not read into memory twice. */
	view->data = calloc(1, view->size + 1);
	while (view->data && at < view->size && n > 0) {
		n = pread(fd, view->data + at, view->size - at, (off_t)at);
		if (n > 0)
			at += (size_t)n;
	}
	view->size = at;
	return view->data != NULL;
}

static const char *head_fault(const struct stat_view *view)
{
	const struct stat_head *h = (const void *)view->data;

	if (view->size < sizeof(*h) ||
	    memcmp(h->magic, STAT_MAGIC, sizeof(h->magic)))
		return "is not a statistics file";
	if (h->version != STAT_VERSION || h->head_size != sizeof(*h) ||
	    h->vm_size != sizeof(struct stat_vm) ||
	    h->vcpu_size != sizeof(struct stat_vcpu) ||
	    h->irq_size != sizeof(struct stat_irq) ||
	    h->event_size != sizeof(struct stat_event))
		return "is of another version of fauxkvm";
	return NULL;
}

int stat_view_read(struct stat_view *view, const char *name)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int fd = view_open(view, name);
	const char *fault;
	bool read;

	view->data = NULL;
	if (fd < 0)
		return EXIT_USAGE;
	view->running =
		!fcntl(fd, F_OFD_GETLK, &lock) && lock.l_type != F_UNLCK;
	read = read_all(view, fd);
	close(fd);
	if (!read)
		return tool_fail("%s: cannot be read", view->path);
	fault = head_fault(view);
	if (fault) {
		stat_view_free(view);
		return tool_fail("%s %s", view->path, fault);
	}
	view->head = (const void *)view->data;
	return 0;
}

void stat_view_free(struct stat_view *view)
{
	free(view->data);
	view->data = NULL;
}

/* ---- what is in it ------------------------------------------------------- */

const void *stat_view_at(const struct stat_view *view, uint64_t at,
			 uint64_t size)
{
	if (!at || at % 64 || at > view->size || size > view->size - at)
		return NULL;
	return view->data + at;
}

/* Of a list in a file that is not damaged, each leads further. */
const struct stat_vm *stat_next_vm(const struct stat_view *view,
				   const struct stat_vm *vm)
{
	const struct stat_vm *next = stat_view_at(
		view, stat_get(vm ? &vm->next : &view->head->first_vm),
		sizeof(*vm));

	return next > vm ? next : NULL;
}

/*
 * The list that begins at @first of structures of @size, whose links are at
 * @link in them; each is earlier in the file than the one before.
 */
static size_t list_of(const struct stat_view *view, uint64_t first, size_t size,
		      size_t link, const void ***list)
{
	const char *it = stat_view_at(view, first, size), *next;
	size_t n = 0;

	*list = NULL;
	for (; it; it = next && next < it ? next : NULL) {
		const void **more =
			realloc(*list, (n + 1) * sizeof(const void *));

		if (!more)
			abort();
		*list = more;
		more[n++] = it;
		next = stat_view_at(
			view, stat_get((const _Atomic uint64_t *)(it + link)),
			size);
	}
	return n;
}

static int by_vcpu_and_intid(const void *a, const void *b)
{
	const struct irq_tally *x =
		&(*(const struct stat_irq *const *)a)->tally;
	const struct irq_tally *y =
		&(*(const struct stat_irq *const *)b)->tally;

	if (x->vcpu != y->vcpu)
		return x->vcpu < y->vcpu ? -1 : 1;
	return x->intid < y->intid ? -1 : x->intid > y->intid;
}

size_t stat_irqs(const struct stat_view *view, const struct stat_vm *vm,
		 const struct stat_irq ***list)
{
	size_t n =
		list_of(view, stat_get(&vm->first_irq), sizeof(struct stat_irq),
			offsetof(struct stat_irq, next), (const void ***)list);

	if (n)
		qsort(*list, n, sizeof(**list), by_vcpu_and_intid);
	return n;
}

static int by_index(const void *a, const void *b)
{
	uint32_t x = (*(const struct stat_vcpu *const *)a)->index;
	uint32_t y = (*(const struct stat_vcpu *const *)b)->index;

	return x < y ? -1 : x > y;
}

size_t stat_vcpus(const struct stat_view *view, const struct stat_vm *vm,
		  const struct stat_vcpu ***list)
{
	size_t n = list_of(
		view, stat_get(&vm->first_vcpu), sizeof(struct stat_vcpu),
		offsetof(struct stat_vcpu, next), (const void ***)list);

	if (n)
		qsort(*list, n, sizeof(**list), by_index);
	return n;
}

/* The copy of a file that is written may have younger events where the count
 * says that the oldest are: those are left out by their time. */
size_t stat_events(const struct stat_view *view, const struct stat_vm *vm,
		   struct stat_event **list)
{
	const uint64_t nr = vm->nr_events;
	const struct stat_event *ring;
	uint64_t written = stat_get(&vm->events_written), first = 0;
	size_t n = 0;

	*list = NULL;
	if (!nr || nr > view->size / sizeof(*ring))
		return 0;
	ring = stat_view_at(view, stat_get(&vm->events), nr * sizeof(*ring));
	if (!ring || !written)
		return 0;
	if (written > nr)
		first = written - nr;
	*list = malloc((size_t)(written - first) * sizeof(**list));
	if (!*list)
		abort();
	for (uint64_t i = first; i < written; i++) {
		const struct stat_event *e = &ring[i % nr];

		if (n && vm->counted == 0 && e->when < (*list)[n - 1].when)
			n = 0;
		(*list)[n++] = *e;
	}
	return n;
}

/* ---- sums ------------------------------------------------------------------ */

uint64_t stat_exits(const struct stat_vcpu *v, unsigned int kind)
{
	uint64_t sum = 0;

	for (unsigned int e = 0; e < NR_STAT_EXITS; e++)
		sum += stat_get(&v->exits[kind][e]);
	return sum;
}

uint64_t stat_steps(const struct stat_vm *vm, unsigned int step)
{
	uint64_t sum = 0;

	for (unsigned int r = 0; r < NR_STAT_RANGES; r++)
		sum += stat_get(&vm->steps[r][step]);
	return sum;
}

/* ---- names --------------------------------------------------------------- */

void stat_irq_name(char *to, size_t size, const struct stat_vm *vm,
		   uint32_t intid)
{
	if (strncmp(vm->arch, "arm64", sizeof(vm->arch)))
		snprintf(to, size, "IRQ %u", intid);
	else if (intid < 16)
		snprintf(to, size, "SGI %u", intid);
	else if (intid < 32)
		snprintf(to, size, "PPI %u", intid);
	else if (intid < 8192)
		snprintf(to, size, "SPI %u", intid);
	else
		snprintf(to, size, "LPI %u", intid);
}

const char *stat_time_text(char *to, size_t size, const struct stat_vm *vm,
			   uint64_t t)
{
	static const char *const unit[] = {"ns", "us", "ms", "s"};
	double value = (double)t;
	unsigned int u = 0;

	if (vm->counted || t < 1000) {
		snprintf(to, size, "%" PRIu64 "%s", t,
			 vm->counted ? "" : " ns");
		return to;
	}
	for (; value >= 999.5 && u < ARRAY_SIZE(unit) - 1; u++)
		value /= 1000;
	snprintf(to, size, "%.*f %s",
		 value < 9.995   ? 2
		 : value < 99.95 ? 1
				 : 0,
		 value, unit[u]);
	return to;
}

static uint64_t pmu_activations(const struct stat_view *view,
				const struct stat_vm *vm)
{
	const struct stat_irq **irq;
	size_t n = stat_irqs(view, vm, &irq);
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		if (irq[i]->tally.intid >= 32)
			sum += stat_get(&irq[i]->tally.count);
	free(irq);
	return sum;
}

static uint64_t steps_of(const struct stat_vm *vm, enum stat_range first,
			 enum stat_range last, unsigned int step)
{
	uint64_t sum = 0;

	for (unsigned int r = first; r <= last; r++)
		sum += stat_get(&vm->steps[r][step]);
	return sum;
}

bool stat_pmu_event(const struct stat_view *view, const struct stat_vm *vm,
		    unsigned int n, struct stat_pmu *out)
{
	static const struct {
		const char *name, *about;
		uint8_t event, step;
		enum stat_range first, last;
	} row[] = {
		/* The only one that is known of every interrupt. */
		{"UP_ACT", "SPIs and LPIs acknowledged", 0x9,
		 IRQ_STEP_ACKNOWLEDGE, STAT_RANGE_SPI, STAT_RANGE_LPI},
		{"DN_SET", "SPIs and LPIs set to a core", 0x5, IRQ_STEP_PEND,
		 STAT_RANGE_SPI, STAT_RANGE_LPI},
		{"UP_DEACT", "SPIs deactivated", 0xd, IRQ_STEP_DEACTIVATE,
		 STAT_RANGE_SPI, STAT_RANGE_SPI},
		{"ITS_LPI", "LPIs translated by an ITS", 0x22,
		 IRQ_STEP_ITS_TRANSLATE, STAT_RANGE_OTHER, STAT_RANGE_LPI},
		{"ITS_DID_MISS", "devices read from memory", 0x24,
		 IRQ_STEP_ITS_DEVICE_READ, STAT_RANGE_OTHER, STAT_RANGE_LPI},
		{"ITS_VID_MISS", "events read from memory", 0x25,
		 IRQ_STEP_ITS_EVENT_READ, STAT_RANGE_OTHER, STAT_RANGE_LPI},
		{"ITS_COL_MISS", "collections read from memory", 0x26,
		 IRQ_STEP_ITS_COLLECTION_READ, STAT_RANGE_OTHER,
		 STAT_RANGE_LPI},
	};

	if (strncmp(vm->arch, "arm64", sizeof(vm->arch)) ||
	    n >= (vm->counted ? ARRAY_SIZE(row) : 1))
		return false;
	*out = (struct stat_pmu){row[n].name, row[n].about, row[n].event, 0};
	out->count = n ? steps_of(vm, row[n].first, row[n].last, row[n].step)
		       : pmu_activations(view, vm);
	return true;
}

void stat_json_string(FILE *out, const char *text, size_t max)
{
	putc('"', out);
	for (size_t i = 0; i < max && text[i]; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			fprintf(out, "\\u%04x", c);
		else
			putc(c, out);
	}
	putc('"', out);
}
