/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The smallest guest that still behaves like a machine: it tells its
 * identity on the serial console, beats, answers "ping", and turns itself
 * off when the ACPI power button is pressed, unless its command line is
 * "deaf". */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

enum {
	COM1 = 0x3f8,
	PM_BASE = 0x600,
	FW_SEL = 0x510,
	FW_DATA = 0x511
};

static void outb(u16 p, u8 v)
{
	__asm__ volatile("outb %0,%1" ::"a"(v), "Nd"(p));
}
static void outw(u16 p, u16 v)
{
	__asm__ volatile("outw %0,%1" ::"a"(v), "Nd"(p));
}
static u8 inb(u16 p)
{
	u8 v;
	__asm__ volatile("inb %1,%0" : "=a"(v) : "Nd"(p));
	return v;
}
static u16 inw(u16 p)
{
	u16 v;
	__asm__ volatile("inw %1,%0" : "=a"(v) : "Nd"(p));
	return v;
}

static void putc(char c)
{
	while (!(inb(COM1 + 5) & 0x20))
		;
	outb(COM1, (u8)c);
}
static void puts(const char *s)
{
	while (*s)
		putc(*s++);
}
static void putu(u32 v)
{
	char b[11];
	int i = 10;
	b[10] = 0;
	do
		b[--i] = '0' + v % 10;
	while (v /= 10);
	puts(b + i);
}
static void puthex2(u8 v)
{
	putc("0123456789abcdef"[v >> 4]);
	putc("0123456789abcdef"[v & 15]);
}
static int eq(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

static void fw_sel(u16 k)
{
	outw(FW_SEL, k);
}
static u8 fw_u8(void)
{
	return inb(FW_DATA);
}
static u32 fw_le(int n)
{
	u32 v = 0;
	for (int i = 0; i < n; i++)
		v |= (u32)fw_u8() << (8 * i);
	return v;
}
static u32 fw_be(int n)
{
	u32 v = 0;
	while (n--)
		v = v << 8 | fw_u8();
	return v;
}
static int fw_file(const char *name, u16 *sel, u32 *size)
{
	fw_sel(0x19);
	for (u32 n = fw_be(4); n; n--) {
		u32 sz = fw_be(4);
		u16 s = (u16)fw_be(2);
		char nm[57];
		fw_be(2);
		for (int i = 0; i < 56; i++)
			nm[i] = (char)fw_u8();
		nm[56] = 0;
		if (eq(nm, name)) {
			*sel = s;
			*size = sz;
			return 1;
		}
	}
	return 0;
}
static void fw_print(const char *label, const char *name)
{
	u16 s;
	u32 n;
	if (!fw_file(name, &s, &n))
		return;
	puts(label);
	fw_sel(s);
	while (n--) {
		char c = (char)fw_u8();
		if (c == '\n')
			puts("\r\n");
		else
			putc(c);
	}
	puts("\r\n");
}

static void smbios(void)
{
	const u8 *t = 0;
	u32 len = 0;
	for (const u8 *p = (u8 *)0xf0000; p < (u8 *)0x100000; p += 16) {
		if (p[0] == '_' && p[1] == 'S' && p[2] == 'M' && p[3] == '_') {
			len = *(u16 *)(p + 0x16);
			t = *(u8 **)(p + 0x18);
			break;
		}
		if (p[0] == '_' && p[1] == 'S' && p[2] == 'M' && p[3] == '3' && p[4] == '_') {
			len = *(u32 *)(p + 0x0c);
			t = *(u8 **)(p + 0x10);
			break;
		}
	}
	for (const u8 *e = t + len; t && t < e;) {
		const u8 *h = t, *s = t + h[1];
		if (h[0] == 1) {
			static const u8 o[16] = { 3, 2, 1,  0,  5,  4,  7,  6,
				                  8, 9, 10, 11, 12, 13, 14, 15 };
			const char *str = (const char *)s;
			puts(" uuid=");
			for (int i = 0; i < 16; i++) {
				if (i == 4 || i == 6 || i == 8 || i == 10)
					putc('-');
				puthex2(h[8 + o[i]]);
			}
			for (int i = 1; *str; i++) {
				if (i == h[7]) {
					puts(" serial=");
					puts(str);
				}
				while (*str++)
					;
			}
			return;
		}
		while (s[0] || s[1])
			s++;
		t = s + 2;
	}
}

extern void isr_irq(void), isr_spurious(void);
static volatile int power_button;
static volatile u32 ticks; /* 2 a second */

void irq(void);
void irq(void)
{
	if (inw(PM_BASE) & 0x100) {
		outw(PM_BASE, 0x100);
		power_button = 1;
	}
	outb(0x70, 0x0c);
	if (inb(0x71) & 0x40)
		ticks++;
	outb(0xa0, 0x20);
	outb(0x20, 0x20);
}

static struct {
	u16 lo, sel;
	u8 z, type;
	u16 hi;
} __attribute__((packed)) idt[256];
static void irq_init(int is_deaf)
{
	struct {
		u16 lim;
		u32 base;
	} __attribute__((packed)) r = { sizeof idt - 1, (u32)idt };
	for (int i = 0; i < 256; i++) {
		u32 f = (u32)(i >= 0x20 && i < 0x30 ? isr_irq : isr_spurious);
		idt[i].lo = (u16)f;
		idt[i].sel = 8;
		idt[i].z = 0;
		idt[i].type = 0x8e;
		idt[i].hi = (u16)(f >> 16);
	}
	__asm__ volatile("lidt %0" ::"m"(r));
	outb(0x20, 0x11);
	outb(0xa0, 0x11);
	outb(0x21, 0x20);
	outb(0xa1, 0x28);
	outb(0x21, 4);
	outb(0xa1, 2);
	outb(0x21, 1);
	outb(0xa1, 1);
	outb(0x21, 0xeb);
	outb(0xa1, 0xfc); /* COM1, cascade; RTC, SCI */
	outb(0x43, 0x30);
	outb(0x40, 1);
	outb(0x40, 0); /* PIT: stop */
	outb(0x70, 0x8a);
	outb(0x71, 0x2f); /* periodic, 2 Hz */
	outb(0x70, 0x8b);
	outb(0x71, 0x42);
	outb(0x70, 0x0c);
	inb(0x71);
	outb(COM1 + 1, 1);        /* interrupt on input */
	if (!is_deaf)
		outw(PM_BASE + 2, 0x100); /* power button enable */
	outw(PM_BASE + 4, 1);     /* SCI_EN */
}

static void off(const char *why)
{
	puts("GUEST-DOWN ");
	puts(why);
	puts("\r\n");
	outw(PM_BASE + 4, 0x2000); /* S5 */
	for (;;)
		__asm__ volatile("cli; hlt");
}

void kmain(const u32 *info);
void kmain(const u32 *info)
{
	u32 beat = 0, n = 0;
	char line[32];

	outb(COM1 + 1, 0);
	outb(COM1 + 3, 0x80);
	outb(COM1, 1);
	outb(COM1 + 1, 0);
	outb(COM1 + 3, 3);
	outb(COM1 + 2, 7);
	outb(COM1 + 4, 3);

	puts("GUEST-UP nano mem=");
	fw_sel(3);
	putu(fw_le(8) >> 20);
	puts("MiB cpus=");
	fw_sel(5);
	putu(fw_le(2));
	smbios();
	const char *cmdline = info && info[0] == 0x336ec578 && info[6] ? (const char *)info[6] : "";
	puts(" cmdline=");
	puts(cmdline);
	puts("\r\n");
	fw_print("META-DATA ", "opt/muster/meta-data");
	fw_print("USER-DATA ", "opt/muster/user-data");

	irq_init(eq(cmdline, "deaf"));
	for (;;) {
		__asm__ volatile("cli");
		if (power_button)
			off("power button");
		while (inb(COM1 + 5) & 1) {
			char c = (char)inb(COM1);
			if (c != '\r' && c != '\n') {
				if (n < sizeof line - 1)
					line[n++] = c;
				continue;
			}
			line[n] = 0;
			if (eq(line, "ping"))
				puts("pong\r\n");
			else if (eq(line, "off"))
				off("console");
			n = 0;
		}
		if (ticks / 20 != beat) {
			beat = ticks / 20;
			puts("BEAT ");
			putu(beat);
			puts("\r\n");
		}
		__asm__ volatile("sti; hlt");
	}
}
