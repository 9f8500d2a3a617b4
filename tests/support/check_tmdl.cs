// Reads folders of TMDL with Microsoft's own parser: one line each, "ok" or what is wrong.
using System;
using Microsoft.AnalysisServices.Tabular;

class CheckTmdl
{
    static void Main(string[] folders)
    {
        foreach (var folder in folders)
        {
            try
            {
                var model = TmdlSerializer.DeserializeDatabaseFromFolder(folder).Model;
                var measures = 0;
                foreach (var table in model.Tables) measures += table.Measures.Count;
                Console.WriteLine("ok {0} tables, {1} relations, {2} measures",
                    model.Tables.Count, model.Relationships.Count, measures);
            }
            catch (Exception error)
            {
                var message = error.GetType().Name + " " + error.Message;
                Console.WriteLine(message.Replace('\r', ' ').Replace('\n', ' '));
            }
        }
    }
}
