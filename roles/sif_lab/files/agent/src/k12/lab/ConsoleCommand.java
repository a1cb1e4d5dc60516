package k12.lab;
import java.util.List;
final class ConsoleCommand { static int run(List<String> a) throws Exception { k12.lab.config.AgentConfig.read(a.get(1)).save(); return 0; } }
