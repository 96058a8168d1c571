import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Run by the build: adds to the bill of materials that CycloneDX made of Maven's dependencies what comes another way, which
 * is native code and a model.
 *
 * <pre>
 * BillOfMaterials BOM NATIVE_PROPERTIES OPENBLAS_VERSION RESULT
 * </pre>
 */
final class BillOfMaterials {

    private static final String GCC = "GPL-3.0-only WITH GCC-exception-3.1";

    private BillOfMaterials() {}

    public static void main(String[] args) throws IOException {
        JsonMapper json = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        ObjectNode bom = (ObjectNode) json.readTree(Path.of(args[0]).toFile());
        Properties natives = new Properties();
        try (InputStream in = Files.newInputStream(Path.of(args[1]))) {
            natives.load(in);
        }
        String openblas = args[2].replaceFirst("-.*", ""); // what follows is the version of its Java binding
        List<Map<String, Object>> more = natives.containsKey("reason")
                ? List.of(model())
                : List.of(
                        library("faiss", natives.getProperty("origin").replaceAll("FAISS ([^,]*),.*", "$1"), "MIT"),
                        library("openblas", openblas, "BSD-3-Clause"),
                        library("libgomp", null, GCC),
                        library("libstdc++", null, GCC),
                        library("libgcc_s", null, GCC),
                        library("libgfortran", null, GCC),
                        library("libquadmath", null, "LGPL-2.1-or-later"),
                        model());
        ArrayNode components = (ArrayNode) bom.get("components");
        more.forEach(component -> components.add(json.valueToTree(component)));
        // From machine to machine: where Maven found something is nobody's business.
        components.forEach(c -> ((ObjectNode) c).remove("externalReferences"));
        Files.writeString(Path.of(args[3]), json.writeValueAsString(bom) + "\n");
    }

    private static Map<String, Object> library(String name, String version, String licence) {
        return component("library", name, version, licence);
    }

    private static Map<String, Object> model() {
        return component("machine-learning-model", "sentence-transformers/all-MiniLM-L6-v2", null, "Apache-2.0");
    }

    private static Map<String, Object> component(String type, String name, String version, String licence) {
        Map<String, Object> component = new LinkedHashMap<>();
        component.put("type", type);
        component.put("bom-ref", "native/" + name);
        component.put("name", name);
        if (version != null) {
            component.put("version", version);
        }
        component.put("licenses", List.of(Map.of("expression", licence)));
        return component;
    }
}
