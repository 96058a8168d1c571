import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipExtraField;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

/**
 * Run by the build on the extracted layout, so that the commands that are no job start fast.
 *
 * <p>Writes {@code commands.jar} beside {@code ragd.jar}: the same classes, with a class path of its own. A virtual machine
 * checks every jar of its class path, and some of Java's own look-ups open them all; two thirds are of use to jobs alone.
 * What stays is computed: every text in the constant pool of a class that is reached which names a class or a file in a jar
 * reaches it, be it code, a signature, an annotation or the argument of {@code Class.forName}; so do the providers of
 * services that are named. Reaching starts at the main class and does not enter the classes named on the command line, which
 * only jobs enter: ragd's own, and services of Java ({@code java.sql.Driver}, which parsers of options mention). A jar is left out when it has classes, and nothing in it is reached: jars of plain data or native code
 * stay. When in doubt a jar stays, which costs a millisecond.
 *
 * <p>Before that, the native libraries among ragd's own classes move into a jar of their own, {@code lib/ragd-native.jar}, for
 * they would be in both jars; and classes older than Java 6 get the version and the stack maps of Java 17: without them the virtual machine
 * verifies them by the slow way at each start, and keeps them in no archive. Their code stays as it is. At the end {@code
 * FOLDER/build} says in one line which build this is, to tell archives of classes apart.
 *
 * <pre>
 * CommandsJar FOLDER [CLASS...]    with FOLDER/ragd.jar, FOLDER/lib/*.jar
 * </pre>
 */
final class CommandsJar {

    private static final Pattern NAME = Pattern.compile("[\\w$+-]+(?:[./][\\w$+-]+)+");
    private static final Pattern NATIVE = Pattern.compile("dev/ragd/faiss/linux-x86_64/.*");
    private static final String SERVICES = "META-INF/services/";
    private static final String MAIN = "dev/ragd/RagdApplication";

    /** Independent of time and time zone, so that two builds give the same bytes. */
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

    private final Path folder;
    private final Map<String, Path> owners = new HashMap<>();
    private final Map<String, List<String>> providers = new HashMap<>();

    private final ClassLoader loader;

    private CommandsJar(Path folder) throws IOException {
        this.folder = folder;
        List<URL> jars = new ArrayList<>();
        for (Path jar : libraries()) {
            jars.add(jar.toUri().toURL());
        }
        this.loader = new URLClassLoader(jars.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
    }

    public static void main(String[] args) throws IOException {
        splitNatives(Path.of(args[0]));
        CommandsJar layout = new CommandsJar(Path.of(args[0]));
        List<Path> libraries = layout.libraries();
        for (Path jar : libraries) {
            layout.renew(jar);
        }
        Set<String> notEntered = new HashSet<>();
        for (String name : List.of(args).subList(1, args.length)) {
            notEntered.add(name.replace('.', '/'));
        }
        layout.write(layout.needed(libraries, notEntered));
        layout.identify();
    }

    private static void splitNatives(Path folder) throws IOException {
        Path jar = folder.resolve("ragd.jar");
        Path natives = folder.resolve("lib/ragd-native.jar");
        Path rest = folder.resolve("ragd.jar.new");
        try (ZipFile from = ZipFile.builder().setPath(jar).get();
                ZipArchiveOutputStream out = new ZipArchiveOutputStream(natives)) {
            for (ZipArchiveEntry entry : Collections.list(from.getEntriesInPhysicalOrder())) {
                if (NATIVE.matcher(entry.getName()).matches()) {
                    entry.setTime(TIME.atZone(ZoneId.systemDefault()).toInstant().toEpochMilli());
                    entry.setExtraFields(new ZipExtraField[0]); // more times, in UTC
                    out.addRawArchiveEntry(entry, from.getRawInputStream(entry));
                }
            }
        }
        try (JarFile from = new JarFile(jar.toFile())) {
            Manifest manifest = new Manifest(from.getManifest());
            manifest.getMainAttributes().merge(Attributes.Name.CLASS_PATH, " lib/ragd-native.jar", (all, one) -> all + "" + one);
            copy(from, manifest, rest, (name, bytes) -> NATIVE.matcher(name).matches() ? null : bytes);
        }
        Files.move(rest, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    private void identify() throws IOException {
        CRC32 crc = new CRC32();
        for (String name : List.of("ragd.jar", "commands.jar")) {
            crc.update(Files.readAllBytes(folder.resolve(name)));
        }
        for (Path jar : libraries()) {
            crc.update((jar.getFileName() + " " + Files.size(jar) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        Files.writeString(folder.resolve("build"), String.format("%08x%n", crc.getValue()));
    }

    private List<Path> libraries() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("lib"))) {
            return files.filter(f -> f.toString().endsWith(".jar")).sorted().collect(Collectors.toList());
        }
    }

    // --- what commands reach ---

    private List<Path> needed(List<Path> libraries, Set<String> notEntered) throws IOException {
        Path ragd = folder.resolve("ragd.jar");
        Set<Path> withClasses = new HashSet<>();
        index(ragd, withClasses);
        for (Path jar : libraries) {
            index(jar, withClasses);
        }
        for (String name : notEntered) {
            if (!name.startsWith("java/") && !ragd.equals(owners.get(name + ".class"))) {
                throw new IllegalArgumentException(ragd + " has no class " + name + "; see its build in pom.xml");
            }
        }
        Set<Path> reached = reached(notEntered);
        return libraries.stream()
                .filter(jar -> reached.contains(jar) || !withClasses.contains(jar))
                .collect(Collectors.toList());
    }

    private void index(Path jar, Set<Path> withClasses) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            for (Enumeration<JarEntry> all = file.entries(); all.hasMoreElements(); ) {
                ZipEntry entry = all.nextElement();
                String name = entry.getName();
                if (name.startsWith(SERVICES) && !entry.isDirectory()) {
                    try (InputStream in = file.getInputStream(entry)) {
                        services(name.substring(SERVICES.length()), new String(in.readAllBytes(), StandardCharsets.UTF_8));
                    }
                } else if (!name.startsWith("META-INF/") && !entry.isDirectory()) {
                    owners.putIfAbsent(name, jar);
                    if (name.endsWith(".class") && !name.equals("module-info.class")) {
                        withClasses.add(jar);
                    }
                }
            }
        }
    }

    private void services(String service, String text) {
        text.lines()
                .map(line -> line.replaceFirst("#.*", "").trim())
                .filter(line -> !line.isEmpty())
                .forEach(line -> providers
                        .computeIfAbsent(service.replace('.', '/'), s -> new ArrayList<>())
                        .add(line.replace('.', '/')));
    }

    private Set<Path> reached(Set<String> notEntered) throws IOException {
        Set<Path> jars = new HashSet<>();
        Set<String> seen = new HashSet<>(notEntered);
        Deque<String> open = new ArrayDeque<>(List.of(MAIN));
        Map<Path, JarFile> files = new HashMap<>();
        try {
            while (!open.isEmpty()) {
                String name = open.remove();
                if (!seen.add(name)) {
                    continue;
                }
                open.addAll(providers.getOrDefault(name, List.of()));
                Path jar = owners.get(name + ".class");
                if (jar == null) {
                    jar = owners.get(name);
                    if (jar != null) {
                        jars.add(jar);
                    }
                    continue;
                }
                jars.add(jar);
                if (!files.containsKey(jar)) {
                    files.put(jar, new JarFile(jar.toFile()));
                }
                JarFile file = files.get(jar);
                try (InputStream in = file.getInputStream(file.getEntry(name + ".class"))) {
                    open.addAll(names(new DataInputStream(in)));
                }
            }
            return jars;
        } finally {
            for (JarFile file : files.values()) {
                file.close();
            }
        }
    }

    /** What the texts of a class name, with slashes; see the Java Virtual Machine Specification, 4.4. */
    private static Set<String> names(DataInputStream in) throws IOException {
        in.skipNBytes(8);
        Set<String> names = new LinkedHashSet<>();
        int constants = in.readUnsignedShort();
        for (int i = 1; i < constants; i++) {
            int tag = in.readUnsignedByte();
            switch (tag) {
                case 1:
                    mentioned(in.readUTF(), names);
                    break;
                case 7: case 8: case 16: case 19: case 20:
                    in.skipNBytes(2);
                    break;
                case 15:
                    in.skipNBytes(3);
                    break;
                case 5: case 6:
                    in.skipNBytes(8);
                    i++;
                    break;
                default:
                    in.skipNBytes(4);
            }
        }
        return names;
    }

    private static void mentioned(String text, Set<String> names) {
        Matcher found = NAME.matcher(text);
        while (found.find()) {
            String name = found.group();
            names.add(name); // a file
            String type = name.replace('.', '/');
            names.add(type);
            int end = type.indexOf('/');
            for (int l = type.indexOf('L'); l >= 0 && l < end; l = type.indexOf('L', l + 1)) {
                names.add(type.substring(l + 1)); // as descriptors have it: ILjava/lang/String;
            }
        }
    }

    private void write(List<Path> libraries) throws IOException {
        try (JarFile from = new JarFile(folder.resolve("ragd.jar").toFile())) {
            Manifest manifest = new Manifest(from.getManifest());
            manifest.getMainAttributes()
                    .put(
                            Attributes.Name.CLASS_PATH,
                            libraries.stream().map(jar -> "lib/" + jar.getFileName()).collect(Collectors.joining(" ")));
            copy(from, manifest, folder.resolve("commands.jar"), (name, bytes) -> bytes);
        }
    }

    // --- old classes ---

    private interface Change {
        /** Null leaves the entry out. */
        byte[] apply(String name, byte[] bytes) throws IOException;
    }

    private void renew(Path jar) throws IOException {
        Path renewed = jar.resolveSibling(jar.getFileName() + ".new");
        try (JarFile from = new JarFile(jar.toFile())) {
            if (!hasOldClasses(from)) {
                return;
            }
            copy(from, from.getManifest(), renewed, (name, bytes) -> isOld(name, bytes) ? renewed(bytes) : bytes);
        }
        Files.move(renewed, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    private static boolean hasOldClasses(JarFile jar) throws IOException {
        boolean old = false;
        for (Enumeration<JarEntry> all = jar.entries(); all.hasMoreElements(); ) {
            ZipEntry entry = all.nextElement();
            if (entry.getName().matches("META-INF/[^/]+\\.SF")) {
                return false; // signed: what is changed is refused
            }
            if (!old && entry.getName().endsWith(".class")) {
                try (InputStream in = jar.getInputStream(entry)) {
                    old = isOld(entry.getName(), in.readNBytes(8));
                }
            }
        }
        return old;
    }

    private static boolean isOld(String name, byte[] bytes) {
        return name.endsWith(".class") && ((bytes[6] & 0xff) << 8 | bytes[7] & 0xff) < Opcodes.V1_6;
    }

    private byte[] renewed(byte[] bytes) throws IOException {
        ClassReader reader = new ClassReader(bytes);
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_FRAMES) {
            @Override
            protected ClassLoader getClassLoader() {
                return loader;
            }
        };
        reader.accept(
                new ClassVisitor(Opcodes.ASM9, writer) {
                    @Override
                    public void visit(
                            int version, int access, String name, String signature, String parent, String[] interfaces) {
                        super.visit(Opcodes.V17, access, name, signature, parent, interfaces);
                    }
                },
                ClassReader.SKIP_FRAMES);
        return writer.toByteArray();
    }

    private static void copy(JarFile from, Manifest manifest, Path to, Change change) throws IOException {
        try (OutputStream file = Files.newOutputStream(to);
                JarOutputStream out = new JarOutputStream(file)) {
            out.putNextEntry(entry(JarFile.MANIFEST_NAME));
            manifest.write(out);
            out.closeEntry();
            for (Enumeration<JarEntry> all = from.entries(); all.hasMoreElements(); ) {
                ZipEntry entry = all.nextElement();
                if (entry.getName().equals(JarFile.MANIFEST_NAME)) {
                    continue;
                }
                byte[] bytes;
                try (InputStream in = from.getInputStream(entry)) {
                    bytes = change.apply(entry.getName(), in.readAllBytes());
                }
                if (bytes != null) {
                    out.putNextEntry(entry(entry.getName()));
                    out.write(bytes);
                    out.closeEntry();
                }
            }
        }
    }

    private static ZipEntry entry(String name) {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(TIME);
        return entry;
    }
}
